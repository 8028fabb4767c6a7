import { useState } from 'react';
import { DeliveryLink } from '@fairway/plugin-platform-envs-common';
import { useCellLinks } from '../../hooks/useObservability';
import { Links } from './Links';
import styles from './Links.module.css';

/** What carries a time. */
const TIMED: ReadonlyArray<DeliveryLink['type']> = ['grafana', 'logs'];

/** Props of {@link LinksAround}. */
export interface LinksAroundProps {
  componentRef: string;
  environmentRef: string;
  /** ISO 8601. */
  at: string;
}

function Around({ componentRef, environmentRef, at }: LinksAroundProps) {
  const { data, error } = useCellLinks(componentRef, environmentRef, at);
  const links = data?.items.filter(({ type }) => TIMED.includes(type)) ?? [];
  if (links.length > 0) return <Links links={links} />;
  return (
    <p className={styles.none} role="status">
      {error && `The links could not be loaded: ${error.message}`}
      {!error &&
        (data
          ? 'No dashboards or logs are known of it here.'
          : 'Looking for dashboards and logs…')}
    </p>
  );
}

/** Dashboards and logs of the hour around a moment, asked for when they are wanted. */
export function LinksAround(props: LinksAroundProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <span className={styles.around}>
      <button
        type="button"
        className={styles.toggle}
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        Around this time
      </button>
      {isOpen && <Around {...props} />}
    </span>
  );
}
