import { Link, Skeleton, ToggleButton, ToggleButtonGroup } from '@backstage/ui';
import { ListRemovalsQuery } from '@fairway/plugin-platform-envs-common';
import { useRemovals } from '../../hooks/useRemovals';
import { useUrlState } from '../../hooks/useUrlState';
import { removalWord } from '../../model/removal';
import { refName } from '../../model/refs';
import { ErrorNotice } from '../ErrorNotice';
import { RefLink } from '../RefLink';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './Removals.module.css';

const SCOPES: Array<{
  id: NonNullable<ListRemovalsQuery['scope']>;
  label: string;
  empty: string;
}> = [
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
  const [params, setUrl] = useUrlState();
  const scope = SCOPES.find(({ id }) => id === params.get('show')) ?? SCOPES[1];
  const { data, error, refetch } = useRemovals({
    scope: scope.id,
    limit: LIMIT,
  });
  return (
    <>
      <ToggleButtonGroup
        aria-label="Which removals"
        className={styles.scopes}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[scope.id]}
        onSelectionChange={keys =>
          setUrl({ show: String([...keys][0] ?? 'open') }, 'push')
        }
      >
        {SCOPES.map(({ id, label }) => (
          <ToggleButton key={id} id={id}>
            {label}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
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
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Removal</th>
                <th scope="col">State</th>
                <th scope="col">Asked for by</th>
                <th scope="col">Why</th>
                <th scope="col">Since</th>
              </tr>
            </thead>
            <tbody>
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
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
