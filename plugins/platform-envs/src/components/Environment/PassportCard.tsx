import { Fragment, ReactNode } from 'react';
import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import { useReplicationLag } from '../../hooks/useEnvironment';
import {
  describeAvailability,
  describeDelivery,
  describeRouting,
  formatMoney,
  regionPlace,
} from '../../model/environment';
import { Links } from '../Links';
import { RefLink } from '../RefLink';
import { CopyButton } from '../ReleaseLabel';
import { EnvironmentCard } from './EnvironmentCard';
import styles from './Environment.module.css';

function Refs({ refs }: { refs: string[] }) {
  return (
    <>
      {refs.map((ref, i) => (
        <Fragment key={ref}>
          {i > 0 && ', '}
          <RefLink entityRef={ref} />
        </Fragment>
      ))}
    </>
  );
}

function Mono({ text, copy }: { text: string; copy?: string }) {
  return (
    <span className={styles.mono}>
      {text}
      {copy && <CopyButton text={text} what={copy} />}
    </span>
  );
}

/** Which part of the database is there at this moment: a switchover swaps it. */
function DatabaseRole(props: {
  environment: EnvironmentSummary;
  region: string;
}) {
  const { environment, region } = props;
  const { data } = useReplicationLag(environment.ref);
  if (data?.lag.status !== 'ok') return null;
  const lags = data.lag.value;
  if (lags.some(l => l.writer.region === region)) return <> · writer</>;
  return lags.some(l => l.reader.region === region) ? <> · reader</> : null;
}

/** What there is to say of developers' machines. */
function localFacts(e: EnvironmentSummary): Array<[string, ReactNode]> {
  return [
    ['Tier', e.lifecycle === 'active' ? e.tier : `${e.tier} · ${e.lifecycle}`],
    ['Platform', <RefLink entityRef={e.systemRef} />],
    ['Owner', <RefLink entityRef={e.ownerRef} />],
    ['Runtime', 'Each developer’s own machine'],
    ['Delivery', 'Started there by hand; nothing is promoted to it'],
  ];
}

function facts(e: EnvironmentSummary): Array<[string, ReactNode]> {
  if (e.runtime === 'local') return localFacts(e);
  const gated = e.delivery.policy === 'gated';
  return [
    ['Tier', e.lifecycle === 'active' ? e.tier : `${e.tier} · ${e.lifecycle}`],
    ['Platform', <RefLink entityRef={e.systemRef} />],
    ['Owner', <RefLink entityRef={e.ownerRef} />],
    [
      'AWS account',
      e.awsAccountId && <Mono text={e.awsAccountId} copy="account id" />,
    ],
    [
      'Regions',
      e.regions.length > 0 && (
        <ul className={styles.plain}>
          {e.regions.map(region => (
            <li key={region.name}>
              {regionPlace(region.name)}{' '}
              <span className={styles.quiet}>
                {region.name} · {region.role}
                <DatabaseRole environment={e} region={region.name} />
              </span>
            </li>
          ))}
        </ul>
      ),
    ],
    ['Runtime', e.runtime.toLocaleUpperCase('en-US')],
    ['Cluster', e.clusterRef && <RefLink entityRef={e.clusterRef} />],
    ['Namespace', e.namespace && <Mono text={e.namespace} />],
    ['Database', e.databaseRef && <RefLink entityRef={e.databaseRef} />],
    ['Delivery', describeDelivery(e.delivery)],
    ['Approvers', gated && <Refs refs={e.delivery.approverRefs} />],
    ['Routing', describeRouting(e.routing)],
    ['Availability', describeAvailability(e.availability)],
    [
      'Planned cost',
      e.planCostPerMonth && `${formatMoney(e.planCostPerMonth)} a month`,
    ],
    [
      'GitOps',
      e.gitops && (
        <Mono
          text={`${e.gitops.repository} · ${e.gitops.branch} · ${e.gitops.path}`}
        />
      ),
    ],
  ];
}

/** Who and where an environment is, and how releases get into it. */
export function PassportCard() {
  return (
    <EnvironmentCard title="Passport">
      {({ environment }) => (
        <>
          <dl className={styles.facts}>
            {facts(environment).map(([label, value]) => (
              <Fragment key={label}>
                {value !== false && (
                  <>
                    <dt>{label}</dt>
                    <dd>
                      {value || <span className={styles.quiet}>none</span>}
                    </dd>
                  </>
                )}
              </Fragment>
            ))}
          </dl>
          {(environment.runtime !== 'local' ||
            environment.links.length > 0) && (
            <Links links={environment.links} />
          )}
        </>
      )}
    </EnvironmentCard>
  );
}
