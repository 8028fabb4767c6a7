import { ReactNode } from 'react';
import styles from './Monitoring.module.css';

/** A part of the tab with its heading, and how its content was found. */
export function Section(props: {
  title: string;
  note?: string;
  children: ReactNode;
}) {
  return (
    <section className={styles.section} aria-label={props.title}>
      <header className={styles.sectionHead}>
        <h2 className={styles.heading}>{props.title}</h2>
        {props.note && <span className={styles.quiet}>{props.note}</span>}
      </header>
      {props.children}
    </section>
  );
}
