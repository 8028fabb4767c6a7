import {
  ApplicationOrigin,
  DeliveryCell,
  DEPLOYERS,
  EnvironmentRuntime,
  SyncWindowState,
} from '@fairway/plugin-platform-envs-common';
import { shortRevision } from '../../model/release';
import { formatAbsolute } from '../../model/time';
import { healthWord, syncWord } from '../../model/vocabulary';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { Fact, Section } from './Section';
import styles from './CellDetails.module.css';

const MATCH: Record<'declared' | 'derived' | 'none', string> = {
  declared: 'declared in the catalog',
  derived: 'found by convention',
  none: 'not matched',
};

const MANAGER = {
  ApplicationSet: 'ApplicationSet',
  Application: 'application',
};

function capitalize(word: string): string {
  return word.charAt(0).toLocaleUpperCase('en-US') + word.slice(1);
}

function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

function Origin({ origin }: { origin: ApplicationOrigin }) {
  const { repoURL, path, chart, ref, targetRevision, revision } = origin;
  const what = [
    chart ? `chart ${chart}` : path,
    targetRevision && `at ${targetRevision}`,
    revision &&
      revision !== targetRevision &&
      `compared at ${isCommit(revision) ? shortRevision(revision) : revision}`,
    ref && `values as $${ref}`,
  ];
  return (
    <li>
      <code className={styles.url}>{repoURL}</code>
      <span className={styles.quiet}>{what.filter(Boolean).join(' · ')}</span>
    </li>
  );
}

/** The sync windows in one sentence. */
export function describeSyncWindow(window: SyncWindowState): string {
  const { isOpen, closedUntil, openUntil, manualSync, timeZone } = window;
  const zone = timeZone ? `, scheduled in ${timeZone}` : '';
  if (isOpen) {
    return openUntil
      ? `Open until ${formatAbsolute(openUntil)}${zone}`
      : 'Open';
  }
  const until = closedUntil
    ? `Closed until ${formatAbsolute(closedUntil)}${zone}`
    : 'Closed, with no end in sight';
  return `${until}; ${
    manualSync ? 'people may sync by hand' : 'nobody may sync, by hand neither'
  }`;
}

/** What the deployer says: its application, how that stands, and what made it. */
export function DeployerFacts(props: {
  cell: DeliveryCell;
  /** Of the environment. */
  runtime: EnvironmentRuntime;
}) {
  const { cell, runtime } = props;
  const { application, lastOperation, syncWindow, managedBy } = cell;
  const { sources = [], source } = cell;
  const deployer = DEPLOYERS[runtime];
  const operationAt = lastOperation?.finishedAt ?? lastOperation?.startedAt;
  return (
    <Section title={deployer.name}>
      <dl className={styles.facts}>
        <Fact label={capitalize(deployer.unit)}>
          {application ? (
            <>
              <code title={application.name}>
                {application.name.split('/').at(-1)}
              </code>
              <span className={styles.quiet}>
                {runtime === 'eks' && `${application.instance} · `}
                {MATCH[application.match]}
              </span>
            </>
          ) : (
            'None'
          )}
        </Fact>
        {managedBy && (
          <Fact label="Managed by">
            {MANAGER[managedBy.kind]} <code>{managedBy.name}</code>
          </Fact>
        )}
        <Fact label="Sync">
          <StateBadge state={syncWord(cell.sync)} />
        </Fact>
        <Fact label="Health">
          <StateBadge state={healthWord(cell.health)} />
          {cell.since && (
            <>
              {' for '}
              <When at={cell.since} format="age" />
            </>
          )}
        </Fact>
        {syncWindow && (
          <Fact label="Sync window">
            {describeSyncWindow(syncWindow)}
            {syncWindow.description && (
              <span className={styles.quiet}>{syncWindow.description}</span>
            )}
          </Fact>
        )}
        {lastOperation && (
          <Fact label="Last operation">
            {lastOperation.phase}
            {operationAt && (
              <>
                {' · '}
                <When at={operationAt} />
              </>
            )}
            {lastOperation.message && (
              <span className={styles.quiet}>{lastOperation.message}</span>
            )}
          </Fact>
        )}
        {sources.length > 0 && (
          <Fact label={sources.length > 1 ? 'Sources' : 'Source'}>
            <ul className={styles.origins}>
              {sources.map(origin => (
                <Origin
                  key={[origin.repoURL, origin.path, origin.chart, origin.ref]
                    .filter(Boolean)
                    .join(' ')}
                  origin={origin}
                />
              ))}
            </ul>
          </Fact>
        )}
        <Fact label="Observed">
          {source.observedAt ? <When at={source.observedAt} /> : 'never'}
          {source.state !== 'live' && ` · ${source.state}`}
          {source.message && (
            <span className={styles.quiet}>{source.message}</span>
          )}
        </Fact>
      </dl>
    </Section>
  );
}
