import { ReactNode } from 'react';
import {
  DeliveryCell,
  DEPLOYERS,
  EnvironmentRuntime,
} from '@fairway/plugin-platform-envs-common';
import { describeBehind } from '../../model/behind';
import { authorName, shortRevision } from '../../model/release';
import { describeWay } from '../../model/way';
import { cellWord, healthWord, syncWord } from '../../model/vocabulary';
import { FindingList } from '../FindingList';
import { Links } from '../Links';
import { ReleaseLabel } from '../ReleaseLabel';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './CellDetails.module.css';

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>{title}</h3>
      {children}
    </section>
  );
}

function Unavailable({ reason }: { reason: string }) {
  return <span className={styles.unavailable}>Unavailable: {reason}</span>;
}

function capitalize(word: string): string {
  return word.charAt(0).toLocaleUpperCase('en-US') + word.slice(1);
}

const MATCH: Record<'declared' | 'derived' | 'none', string> = {
  declared: 'declared in the catalog',
  derived: 'found by convention',
  none: 'not matched',
};

/** Everything known about one component in one environment. */
export function CellDetails(props: {
  cell: DeliveryCell;
  /** Of the environment. */
  runtime: EnvironmentRuntime;
  findings: string[];
}) {
  const { cell, runtime, findings } = props;
  const deployer = DEPLOYERS[runtime];
  const { desired, live, application, lastOperation, resources } = cell;
  const behind = describeBehind(cell.behind);
  return (
    <div className={styles.details}>
      <div className={styles.lead}>
        <StateBadge state={cellWord(cell.state)} variant="pill" />
        <p className={styles.sentence}>{cell.sentence}</p>
      </div>
      <FindingList findings={findings} />
      <Section title="Release">
        <dl className={styles.facts}>
          <Fact label="Runs">
            {live.status === 'ok' ? (
              <ReleaseLabel release={live.value} />
            ) : (
              <Unavailable reason={live.reason} />
            )}
          </Fact>
          <Fact label="Git says">
            {desired.status === 'ok' ? (
              <ReleaseLabel release={desired.value} />
            ) : (
              <Unavailable reason={desired.reason} />
            )}
          </Fact>
          {desired.status === 'ok' && (
            <>
              {desired.value.commit && (
                <Fact label="Commit">
                  <code title={desired.value.commit}>
                    {shortRevision(desired.value.commit)}
                  </code>
                  {desired.value.author &&
                    ` by ${authorName(desired.value.author)}`}
                  {desired.value.committedAt && (
                    <>
                      {' · '}
                      <When at={desired.value.committedAt} />
                    </>
                  )}
                  {desired.value.message && (
                    <span className={styles.quiet}>
                      {desired.value.message.split('\n')[0]}
                    </span>
                  )}
                </Fact>
              )}
              <Fact label="File">
                <code>{desired.value.path}</code>
              </Fact>
            </>
          )}
          {behind && cell.behind && (
            <Fact label="Compared">
              {behind.long} (
              {
                describeWay(cell.behind.environmentRef, cell.environmentRef)
                  .from
              }
              )
            </Fact>
          )}
        </dl>
      </Section>
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
          {lastOperation && (
            <Fact label="Last operation">
              {lastOperation.phase}
              {(lastOperation.finishedAt ?? lastOperation.startedAt) && (
                <>
                  {' · '}
                  <When
                    at={(lastOperation.finishedAt ?? lastOperation.startedAt)!}
                  />
                </>
              )}
              {lastOperation.message && (
                <span className={styles.quiet}>{lastOperation.message}</span>
              )}
            </Fact>
          )}
          <Fact label="Observed">
            {cell.source.observedAt ? (
              <When at={cell.source.observedAt} />
            ) : (
              'never'
            )}
            {cell.source.state !== 'live' && ` · ${cell.source.state}`}
            {cell.source.message && (
              <span className={styles.quiet}>{cell.source.message}</span>
            )}
          </Fact>
        </dl>
      </Section>
      {resources && resources.length > 0 && (
        <Section title="Resources">
          <ul className={styles.resources}>
            {resources.map(resource => (
              <li
                key={`${resource.kind}/${resource.namespace}/${resource.name}`}
                className={styles.resource}
              >
                <span className={styles.resourceName}>
                  {resource.kind} <code>{resource.name}</code>
                </span>
                <span className={styles.resourceState}>
                  {resource.health && (
                    <StateBadge state={healthWord(resource.health)} />
                  )}
                  {resource.sync && (
                    <StateBadge state={syncWord(resource.sync)} />
                  )}
                </span>
                {resource.message && (
                  <span className={styles.quiet}>{resource.message}</span>
                )}
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title="Links">
        <Links links={cell.links} />
      </Section>
    </div>
  );
}
