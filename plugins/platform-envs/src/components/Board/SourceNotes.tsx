import { Alert } from '@backstage/ui';
import { OverviewSource } from '@fairway/plugin-platform-envs-common';
import styles from './Board.module.css';

/** What is not configured, with the key to set, and what gives no usable answer. */
export function SourceNotes({ sources }: { sources: OverviewSource[] }) {
  const notes = sources.filter(
    source => source.state === 'absent' || source.state === 'error',
  );
  if (notes.length === 0) return null;
  return (
    <div className={styles.notes}>
      {notes.map(source => (
        <Alert
          key={source.id}
          status={source.state === 'absent' ? 'info' : 'warning'}
          icon
          title={
            source.state === 'absent'
              ? `${source.title} is not configured`
              : `${source.title} gives no usable answer`
          }
          description={
            source.message ??
            (source.state === 'absent'
              ? 'Its readings are missing from this page; the rest works.'
              : undefined)
          }
        />
      ))}
    </div>
  );
}
