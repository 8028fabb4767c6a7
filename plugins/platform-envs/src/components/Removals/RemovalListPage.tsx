import { Link, Skeleton } from '@backstage/ui';
import { ListRemovalsQuery } from '@fairway/plugin-platform-envs-common';
import { useRemovals } from '../../hooks/useRemovals';
import { removalWord } from '../../model/removal';
import { refName } from '../../model/refs';
import { ErrorNotice } from '../ErrorNotice';
import { RefLink } from '../RefLink';
import { RequestTable, Scope, ScopeToggle, useScope } from '../Requests';
import { StateBadge } from '../StateBadge';
import { When } from '../When';

const SCOPES: Array<Scope<NonNullable<ListRemovalsQuery['scope']>>> = [
  {
    id: 'waiting',
    label: 'Waiting for me',
    empty: 'Nothing waits for your decision.',
  },
  { id: 'open', label: 'Open', empty: 'Nothing is being removed.' },
  { id: 'all', label: 'All', empty: 'Nothing was removed yet.' },
];

/** The most that the list shows. */
const LIMIT = 200;

/** Removals by who they wait for. */
export function RemovalListPage() {
  const { scope, choose } = useScope(SCOPES);
  const { data, error, refetch } = useRemovals({
    scope: scope.id,
    limit: LIMIT,
  });
  return (
    <>
      <ScopeToggle
        label="Which removals"
        scopes={SCOPES}
        chosen={scope}
        onChoose={choose}
      />
      {error && (
        <ErrorNotice
          title="The removals could not be loaded"
          error={error}
          onRetry={refetch}
        />
      )}
      {!data && !error && (
        <div role="status" aria-label="Loading removals">
          <Skeleton width="100%" height={32} />
        </div>
      )}
      {data?.items.length === 0 && (
        <p>
          {scope.empty}{' '}
          <Link href="/create/templates/default/remove-service" standalone>
            Remove a service
          </Link>
        </p>
      )}
      {data && data.items.length > 0 && (
        <RequestTable
          columns={['Removal', 'State', 'Asked for by', 'Why', 'Since']}
        >
          {data.items.map(({ removal, quorum }) => (
            <tr key={removal.id}>
              <td>
                <Link standalone href={`/removals/${removal.id}`}>
                  {refName(removal.componentRef)}
                </Link>
              </td>
              <td>
                <StateBadge state={removalWord(removal.state)}>
                  {removal.state === 'WAITING'
                    ? `Waiting, ${quorum.have} of ${quorum.need} approvals`
                    : undefined}
                </StateBadge>
              </td>
              <td>
                <RefLink entityRef={removal.requestedBy} />
              </td>
              <td>{removal.reason}</td>
              <td>
                <When at={removal.createdAt} />
              </td>
            </tr>
          ))}
        </RequestTable>
      )}
    </>
  );
}
