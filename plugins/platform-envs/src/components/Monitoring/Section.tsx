import { ReactNode } from 'react';
import { Card } from '../Card';
import styles from './Monitoring.module.css';

/** A part of the tab with its heading, and how its content was found. */
export function Section(props: {
  title: string;
  note?: string;
  children: ReactNode;
}) {
  return (
    <Card
      title={props.title}
      beside={props.note && <span className={styles.quiet}>{props.note}</span>}
    >
      {props.children}
    </Card>
  );
}
