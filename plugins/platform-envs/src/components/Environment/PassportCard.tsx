import { Fragment, ReactNode } from 'react';
import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
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

function facts(e: EnvironmentSummary): Array<[string, ReactNode]> {
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
          <Links links={environment.links} />
        </>
      )}
    </EnvironmentCard>
  );
}
