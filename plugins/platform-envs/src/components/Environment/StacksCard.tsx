import {
  EnvironmentDetail,
  EnvironmentStack,
} from '@fairway/plugin-platform-envs-common';
import { useDetectDrift } from '../../hooks/useEnvironment';
import { isSafeUrl } from '../../model/safeUrl';
import { driftWord, stackWord } from '../../model/stacks';
import { ErrorNotice } from '../ErrorNotice';
import { ReasonedButton } from '../Reason';
import { RefLink } from '../RefLink';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { EnvironmentCard } from './EnvironmentCard';
import { ObservedValue } from './ObservedValue';
import styles from './Environment.module.css';

const MATCHES: Record<EnvironmentStack['match'], string> = {
  tag: 'by its tags',
  name: 'by its name',
  account: 'in an account of its own',
};

function Drifted({ resources }: Pick<EnvironmentStack['drift'], 'resources'>) {
  return (
    <ul className={styles.problems} aria-label="Drifted resources">
      {resources.map(({ logicalId, type, change, properties, physicalId }) => (
        <li key={logicalId} title={physicalId}>
          <strong>{logicalId}</strong>{' '}
          <span className={styles.quiet}>{type}</span>{' '}
          {change === 'deleted' ? 'is gone' : 'differs in '}
          {change === 'modified' && (
            <span className={styles.mono}>
              {properties.map(p => p.replace(/^\//, '')).join(', ') ||
                'its properties'}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function DriftState({ stack }: { stack: EnvironmentStack }) {
  const { drift, detection } = stack;
  if (detection?.state === 'running') {
    return (
      <span role="status">
        <StateBadge state={{ word: 'Looking for drift', tone: 'busy' }}>
          Looking for drift, asked for by{' '}
          <RefLink entityRef={detection.startedBy} />{' '}
          <When at={detection.startedAt} />
        </StateBadge>
      </span>
    );
  }
  return (
    <span>
      <StateBadge state={driftWord(drift)} />
      {drift.checkedAt && (
        <span className={styles.quiet}>
          {' '}
          checked <When at={drift.checkedAt} />
        </span>
      )}
    </span>
  );
}

function StackRow(props: {
  stack: EnvironmentStack;
  environmentRef: string;
  refusal?: string;
}) {
  const { stack, environmentRef, refusal } = props;
  const detect = useDetectDrift(environmentRef);
  const isRunning = stack.detection?.state === 'running';
  return (
    <li className={styles.stack}>
      <div className={styles.stackHead}>
        <span className={styles.stackName} title={stack.description}>
          {isSafeUrl(stack.consoleUrl) ? (
            <a
              href={stack.consoleUrl}
              target="_blank"
              rel="noopener noreferrer"
            >
              {stack.name}
            </a>
          ) : (
            stack.name
          )}
        </span>
        <span className={styles.quiet}>
          {stack.region} · {MATCHES[stack.match]}
          {stack.terminationProtected && ' · protected'}
        </span>
      </div>
      <span>
        <StateBadge state={stackWord(stack.status)} />
        <span className={styles.quiet}>
          {' '}
          <When at={stack.changedAt} />
        </span>
      </span>
      <DriftState stack={stack} />
      <ReasonedButton
        variant="secondary"
        quiet
        reason={refusal}
        isPending={detect.isPending || isRunning}
        onPress={() => detect.mutate({ stackId: stack.id })}
      >
        Detect drift
      </ReasonedButton>
      {(stack.reason ||
        stack.drift.resources.length > 0 ||
        stack.detection?.state === 'failed' ||
        detect.error) && (
        <div className={styles.stackMore}>
          {stack.reason && <p className={styles.reason}>{stack.reason}</p>}
          {stack.drift.resources.length > 0 && (
            <Drifted resources={stack.drift.resources} />
          )}
          {stack.detection?.state === 'failed' && (
            <p className={styles.reason}>
              The last detection failed: {stack.detection.message}
            </p>
          )}
          {detect.error && (
            <ErrorNotice
              title="Drift could not be looked for"
              error={detect.error}
            />
          )}
        </div>
      )}
    </li>
  );
}

function Stacks(props: {
  stacks: EnvironmentStack[];
  detail: EnvironmentDetail;
}) {
  const { stacks, detail } = props;
  const { environment, operations } = detail;
  if (stacks.length === 0) {
    return (
      <p className={styles.quiet}>
        No CloudFormation stack belongs to it. A stack does whose tags say
        Environment {environment.shortName} and its System, or whose name begins
        with {environment.name}-.
      </p>
    );
  }
  const { allowed, reason } = operations.detectDrift;
  return (
    <>
      <ul className={styles.stacks}>
        {stacks.map(stack => (
          <StackRow
            key={stack.id}
            stack={stack}
            environmentRef={environment.ref}
            refusal={allowed ? undefined : reason}
          />
        ))}
      </ul>
      {!allowed && <p className={styles.quiet}>Detect drift: {reason}.</p>}
    </>
  );
}

/** The CloudFormation stacks of an environment, failed and drifted ones first. */
export function StacksCard() {
  return (
    <EnvironmentCard title="Stacks and drift">
      {detail => (
        <ObservedValue observed={detail.stacks}>
          {stacks => <Stacks stacks={stacks} detail={detail} />}
        </ObservedValue>
      )}
    </EnvironmentCard>
  );
}
