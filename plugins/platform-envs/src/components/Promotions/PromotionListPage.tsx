import { Alert, ButtonLink, Skeleton } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { PromotionScope } from '@fairway/plugin-platform-envs-common';
import { usePromotions } from '../../hooks/usePromotions';
import { boardRouteRef } from '../../routes';
import { ErrorNotice } from '../ErrorNotice';
import { Scope, ScopeToggle, useScope } from '../Requests';
import { PromotionTable } from './PromotionTable';
import styles from './Promotions.module.css';

const SCOPES: Scope<PromotionScope>[] = [
  {
    id: 'waiting',
    label: 'Waiting for me',
    empty: 'Nothing waits for your decision.',
  },
  { id: 'open', label: 'Open', empty: 'No promotion is under way.' },
  { id: 'all', label: 'All', empty: 'Nothing was promoted yet.' },
];

/** The most that one page of the list shows. */
const LIMIT = 200;

/** Promotions by who they wait for. */
export function PromotionListPage() {
  const boardPath = useRouteRef(boardRouteRef);
  const { scope, choose } = useScope(SCOPES);
  const { data, error, isPlaceholderData, refetch } = usePromotions({
    scope: scope.id,
    limit: LIMIT,
  });
  const items = isPlaceholderData ? undefined : data?.items;
  return (
    <>
      <ScopeToggle
        label="Which promotions"
        scopes={SCOPES}
        chosen={scope}
        onChoose={choose}
      />
      {error && (
        <ErrorNotice
          title="The promotions could not be loaded"
          error={error}
          onRetry={refetch}
        />
      )}
      {!items && !error && (
        <div
          role="status"
          aria-label="Loading promotions"
          className={styles.skeleton}
        >
          {[0, 1, 2, 3, 4].map(i => (
            <Skeleton key={i} width="100%" height={32} />
          ))}
        </div>
      )}
      {data?.unavailableReason && (
        <div className={styles.note}>
          <Alert
            status="info"
            icon
            title="Nothing can be promoted here"
            description={data.unavailableReason}
          />
        </div>
      )}
      {items && items.length > 0 && <PromotionTable items={items} />}
      {items?.length === LIMIT && (
        <p className={styles.quiet}>
          The newest {LIMIT} are shown; a component's Delivery tab has its own.
        </p>
      )}
      {items?.length === 0 && (
        <div className={styles.empty}>
          <p>{scope.empty}</p>
          {scope.id === 'waiting' ? (
            <p className={styles.quiet}>
              A promotion to a gated environment waits here for members of its
              approving groups.
            </p>
          ) : (
            <>
              <p className={styles.quiet}>
                Open a service's Delivery tab and use Promote between two
                environments.
              </p>
              {boardPath && (
                <ButtonLink href={boardPath()} variant="secondary" size="small">
                  Open the board
                </ButtonLink>
              )}
            </>
          )}
        </div>
      )}
    </>
  );
}
