import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { Link } from '@backstage/core-components';
import { asSentence } from './asSentence';
import { Change } from './Change';
import { formatEstimate } from './formatEstimate';
import styles from './plan.module.css';
import { Document, Properties } from './Properties';

/** What the document of a thing is called. */
const DOCUMENTS: Partial<Record<PlannedThing['kind'], string>> = {
  awsResource: 'Template',
  iam: 'What it has to trust',
  catalogEntry: 'Entity',
};

/** Resources, roles and entries: each with its properties and documents. */
export function Things({ things }: { things: PlannedThing[] }) {
  return (
    <ul className={styles.things}>
      {things.map(thing => (
        <li key={`${thing.where} ${thing.resourceType} ${thing.name}`}>
          <div className={styles.thingHead}>
            <strong>
              {thing.url ? (
                <Link to={thing.url}>{thing.name}</Link>
              ) : (
                thing.name
              )}
            </strong>
            <span className={styles.count}>{placeOf(thing)}</span>
            <Change change={thing.change} />
            {thing.estimate && (
              <span className={styles.price}>
                {formatEstimate(thing.estimate)} a month
              </span>
            )}
          </div>
          {thing.note && (
            <p className={styles.note}>{asSentence(thing.note)}</p>
          )}
          {thing.properties && <Properties properties={thing.properties} />}
          {thing.content && (
            <Document
              title={DOCUMENTS[thing.kind] ?? 'Content'}
              text={thing.content}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

function placeOf(thing: PlannedThing): string {
  const type = thing.resourceType?.replace(/^AWS::/, '').replace('::', ' ');
  if (thing.kind === 'catalogEntry') return 'in the catalog';
  const [account, region] = thing.where.split('/');
  const place = /^\d{12}$/.test(account)
    ? `account ${account}${region ? `, ${region}` : ''}`
    : thing.where;
  return [type, place, thing.environment].filter(Boolean).join(' · ');
}
