import { ReactNode, useId } from 'react';
import { BgProvider } from '@backstage/ui';
import styles from './Card.module.css';

/** Props of {@link Card}. */
export interface CardProps {
  title: string;
  /** What stands on the line of the heading. */
  beside?: ReactNode;
  /** Of the heading; 2 when absent. */
  level?: 2 | 3;
  /** With a line around it, on pages whose other parts have one. */
  outlined?: boolean;
  children: ReactNode;
}

/** A part of a page on a surface of its own, named by its heading. */
export function Card(props: CardProps) {
  const { title, beside, level = 2, outlined, children } = props;
  const id = useId();
  const Heading = `h${level}` as const;
  return (
    <section
      className={styles.card}
      aria-labelledby={id}
      data-outlined={outlined || undefined}
    >
      <header className={styles.head}>
        <Heading id={id} className={styles.heading}>
          {title}
        </Heading>
        {beside}
      </header>
      <BgProvider bg="neutral-1">{children}</BgProvider>
    </section>
  );
}
