import {
  ComputeAmount,
  EnvironmentCapacity,
  NamespaceCapacity,
  NodePool,
  Reading,
} from '@fairway/plugin-platform-envs-common';
import {
  formatAmount,
  formatBytes,
  formatCores,
  quotaName,
} from '../../model/capacity';
import { StateBadge } from '../StateBadge';
import { EnvironmentCard } from './EnvironmentCard';
import { Meter } from './Meter';
import { ObservedValue } from './ObservedValue';
import styles from './Environment.module.css';

function UseNow({ use }: { use: NamespaceCapacity['use'] }) {
  if (use.status === 'unavailable') {
    return <p className={styles.quiet}>Use now: unknown. {use.reason}.</p>;
  }
  const { cpuCores, memoryBytes, pods } = use.value;
  return (
    <p className={styles.quiet}>
      Use now: {formatCores(cpuCores)} and {formatBytes(memoryBytes)} in {pods}{' '}
      {pods === 1 ? 'pod' : 'pods'}
    </p>
  );
}

function Namespace(props: { namespace: NamespaceCapacity; isOwn: boolean }) {
  const { namespace, isOwn } = props;
  const { name, quotas, use } = namespace;
  return (
    <section className={styles.part} aria-label={`Namespace ${name}`}>
      <h3 className={styles.partTitle}>
        <span className={styles.mono}>{name}</span>
        {isOwn && <span className={styles.quiet}> this environment</span>}
      </h3>
      {quotas.length === 0 && (
        <p className={styles.quiet}>No quota limits this namespace.</p>
      )}
      {quotas.map(quota => (
        <div key={quota.name} className={styles.meters}>
          {quota.lines.map(line => (
            <Meter
              key={line.resource}
              label={quotaName(line.resource)}
              used={line.used}
              hard={line.hard}
              format={amount => formatAmount(line.unit, amount)}
              reason={
                line.used === undefined
                  ? 'the cluster has not counted it yet'
                  : undefined
              }
            />
          ))}
        </div>
      ))}
      <UseNow use={use} />
    </section>
  );
}

function PoolMeter(props: {
  label: string;
  use: Reading<ComputeAmount>;
  of: ComputeAmount;
  amount: keyof ComputeAmount;
  format: (amount: number) => string;
}) {
  const { label, use, of, amount, format } = props;
  return (
    <Meter
      label={label}
      used={use.status === 'ok' ? use.value[amount] : undefined}
      hard={of[amount]}
      format={format}
      reason={use.status === 'ok' ? undefined : use.reason}
    />
  );
}

function Pool({ pool }: { pool: NodePool }) {
  const { name, nodes, ready, instanceTypes, architectures } = pool;
  return (
    <section className={styles.part} aria-label={`Node pool ${name}`}>
      <h3 className={styles.partTitle}>
        <span className={styles.mono}>{name}</span>
        <StateBadge
          state={
            ready === nodes
              ? { word: 'ready', tone: 'good' }
              : { word: 'not all ready', tone: 'bad' }
          }
        >
          {ready} of {nodes} ready
        </StateBadge>
        <span className={styles.quiet}>
          {[...instanceTypes, ...architectures].join(' · ')}
        </span>
      </h3>
      <div className={styles.meters}>
        <PoolMeter
          label="CPU in use"
          use={pool.use}
          of={pool.allocatable}
          amount="cpuCores"
          format={formatCores}
        />
        <PoolMeter
          label="Memory in use"
          use={pool.use}
          of={pool.allocatable}
          amount="memoryBytes"
          format={formatBytes}
        />
      </div>
      {pool.use.status === 'unavailable' && (
        <p className={styles.quiet}>Use now: unknown. {pool.use.reason}.</p>
      )}
    </section>
  );
}

function Capacity({ value }: { value: EnvironmentCapacity }) {
  const { capacity, cluster, sharedWith, namespace } = value;
  const { pools, unwellNodes, kubeletVersions, namespaces } = capacity;
  const own = namespaces.filter(n => n.name === namespace);
  const others = namespaces.filter(n => n.name !== namespace);
  return (
    <>
      <p className={styles.quiet}>
        Cluster <span className={styles.mono}>{cluster}</span>
        {kubeletVersions.length > 0 && ` · ${kubeletVersions.join(', ')}`}
        {sharedWith.length > 0 &&
          ` · shared with ${sharedWith.join(
            ', ',
          )}: only the namespace of this environment is shown`}
      </p>
      {unwellNodes.length > 0 && (
        <ul className={styles.problems} aria-label="Nodes that are not well">
          {unwellNodes.map(node => (
            <li key={node.name}>
              <span className={styles.mono}>{node.name}</span> ({node.pool}):{' '}
              {node.problems.join('; ')}
            </li>
          ))}
        </ul>
      )}
      <div className={styles.parts}>
        {[...own, ...others].map(n => (
          <Namespace key={n.name} namespace={n} isOwn={n.name === namespace} />
        ))}
        {namespaces.length === 0 && (
          <p className={styles.quiet}>
            No ResourceQuota limits a namespace of this environment.
          </p>
        )}
      </div>
      <h3 className={styles.subtitle}>Nodes</h3>
      <div className={styles.parts}>
        {pools.map(pool => (
          <Pool key={pool.name} pool={pool} />
        ))}
        {pools.length === 0 && (
          <p className={styles.quiet}>
            The cluster has no nodes, so its pods run on Fargate or nowhere.
          </p>
        )}
      </div>
    </>
  );
}

/** What the cluster of an environment can carry, and what is taken of it. */
export function CapacityCard() {
  return (
    <EnvironmentCard title="Capacity">
      {({ capacity }) => (
        <ObservedValue observed={capacity}>
          {value => <Capacity value={value} />}
        </ObservedValue>
      )}
    </EnvironmentCard>
  );
}
