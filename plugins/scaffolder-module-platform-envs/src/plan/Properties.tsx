import { PlannedProperty } from '@fairway/plugin-platform-envs-common';
import styles from './plan.module.css';

/** Names and values; what has several lines, a policy mostly, folds. */
export function Properties(props: { properties: PlannedProperty[] }) {
  const short = props.properties.filter(({ value }) => !value.includes('\n'));
  const long = props.properties.filter(({ value }) => value.includes('\n'));
  return (
    <>
      {short.length > 0 && (
        <dl className={styles.properties}>
          {short.map(({ name, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {long.map(({ name, value }) => (
        <Document key={name} title={name} text={value} />
      ))}
    </>
  );
}

/** A text that is looked at now and then. */
export function Document(props: { title: string; text: string }) {
  return (
    <details className={styles.document}>
      <summary>{props.title}</summary>
      <pre
        // What scrolls must be reachable by keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="region"
        aria-label={props.title}
      >
        {props.text}
      </pre>
    </details>
  );
}
