import { Button } from '@backstage/ui';
import {
  ComponentDelivery,
  DeliveryCell,
  DEPLOYERS,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import { isOldCell } from '../../model/freshness';
import { authorName, shortRevision } from '../../model/release';
import { isSafeUrl } from '../../model/safeUrl';
import { cellWord } from '../../model/vocabulary';
import { cellKey } from '../Board/boardModel';
import { ReasonedButton } from '../Reason';
import { RefLink } from '../RefLink';
import { CopyButton, ReleaseLabel } from '../ReleaseLabel';
import { OldValues, StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './Delivery.module.css';

/** Props of {@link Stage}. */
export interface StageProps {
  environment: EnvironmentSummary;
  /** Absent: the component does not run there. */
  cell?: DeliveryCell;
  source?: ComponentDelivery['source'];
  /** Absent: nothing stands there that could be refreshed or synced. */
  operation?: { allowed: boolean; reason?: string };
  pending?: 'sync' | 'refresh';
  /** What is said of the operation that was asked for here last. */
  asked?: string;
  onOperate: (operation: 'sync' | 'refresh') => void;
  onOpen: (cellKey: string) => void;
}

function policyWord(environment: EnvironmentSummary): string {
  const { policy, minApprovals } = environment.delivery;
  if (policy === 'auto') return 'deploys on merge';
  if (policy === 'manual') return 'promoted by hand';
  return `needs ${minApprovals} approval${minApprovals === 1 ? '' : 's'}`;
}

function Running({ cell }: { cell: DeliveryCell }) {
  const { live, desired } = cell;
  const shown = live.status === 'ok' ? live : desired;
  if (shown.status !== 'ok') {
    return <span className={styles.none}>Unavailable: {shown.reason}</span>;
  }
  return <ReleaseLabel release={shown.value} />;
}

/** Since when nobody can tell whether it is still so. */
function StaleSince({ cell }: { cell: DeliveryCell }) {
  const { state, observedAt, message } = cell.source;
  return (
    <span className={styles.stale} title={message}>
      {state}
      {observedAt && (
        <>
          , seen <When at={observedAt} />
        </>
      )}
    </span>
  );
}

/** The commit of the application that stands there, and who brought it when. */
function Origin(props: {
  cell: DeliveryCell;
  source?: ComponentDelivery['source'];
}) {
  const { desired } = props.cell;
  if (desired.status !== 'ok') return null;
  const { revision, author, committedAt, replicas } = desired.value;
  const url = revision && props.source?.commitUrls[revision];
  return (
    <dl className={styles.origin}>
      {revision && (
        <div>
          <dt>Commit</dt>
          <dd>
            {url && isSafeUrl(url) ? (
              <a href={url} target="_blank" rel="noreferrer">
                <code>{shortRevision(revision)}</code>
              </a>
            ) : (
              <code>{shortRevision(revision)}</code>
            )}
            <CopyButton text={revision} what="commit" />
          </dd>
        </div>
      )}
      {author && (
        <div>
          <dt>Changed</dt>
          <dd>
            {committedAt && (
              <>
                <When at={committedAt} />{' '}
              </>
            )}
            by {authorName(author)}
          </dd>
        </div>
      )}
      {replicas !== undefined && (
        <div>
          <dt>Replicas</dt>
          <dd>{replicas}</dd>
        </div>
      )}
    </dl>
  );
}

/** One environment of the pipeline: what stands there, since when, how it is and why. */
export function Stage(props: StageProps) {
  const { environment, cell, operation, pending, onOperate, onOpen } = props;
  const refusal =
    operation && !operation.allowed
      ? operation.reason ?? 'You may not operate this environment'
      : undefined;
  return (
    <section
      className={styles.stage}
      aria-label={environment.shortName}
      data-environment={environment.shortName}
    >
      <header className={styles.stageHead}>
        <h3 className={styles.stageName}>
          <RefLink plain entityRef={environment.ref}>
            {environment.shortName}
          </RefLink>
        </h3>
        <span className={styles.policy}>{policyWord(environment)}</span>
      </header>
      {cell ? (
        <>
          <Running cell={cell} />
          <span className={styles.stageState}>
            <OldValues when={isOldCell(cell)}>
              <StateBadge state={cellWord(cell.state)} variant="pill" />
            </OldValues>
            {isOldCell(cell) && <StaleSince cell={cell} />}
            {cell.since && (
              <span className={styles.none}>
                <When at={cell.since} format="age" />
              </span>
            )}
          </span>
          <p className={styles.sentence}>{cell.sentence}</p>
          <Origin cell={cell} source={props.source} />
          {operation && cell.application && (
            <span role="status" className={styles.none}>
              {refusal ?? props.asked}
            </span>
          )}
          <span className={styles.actions}>
            <Button
              size="small"
              variant="tertiary"
              onPress={() => onOpen(cellKey(cell))}
            >
              Details
            </Button>
            {operation && cell.application && (
              <>
                <ReasonedButton
                  variant="tertiary"
                  quiet
                  reason={refusal}
                  isPending={pending === 'refresh'}
                  onPress={() => onOperate('refresh')}
                >
                  Refresh
                </ReasonedButton>
                <ReasonedButton
                  variant="tertiary"
                  quiet
                  reason={refusal ?? DEPLOYERS[environment.runtime].whyNoSync}
                  isPending={pending === 'sync'}
                  onPress={() => onOperate('sync')}
                >
                  Sync
                </ReasonedButton>
              </>
            )}
          </span>
        </>
      ) : (
        <p className={styles.none}>Does not run here.</p>
      )}
    </section>
  );
}
