import { useCallback, useMemo } from 'react';
import { Alert, Button, ButtonLink } from '@backstage/ui';
import { Overview } from '@fairway/plugin-platform-envs-common';
import { useMe } from '../../hooks/useMe';
import { useOverview } from '../../hooks/useOverview';
import { useUrlState } from '../../hooks/useUrlState';
import { refName } from '../../model/refs';
import { CellDetails } from '../CellDetails';
import { Drawer } from '../Drawer';
import { ErrorNotice } from '../ErrorNotice';
import { Freshness } from '../Freshness';
import { useEntityPath } from '../RefLink';
import { Screen } from '../Screen';
import { BoardGroupTable } from './BoardGroupTable';
import { BoardSkeleton } from './BoardSkeleton';
import { BoardToolbar } from './BoardToolbar';
import { findCell, readFilters, toBoard } from './boardModel';
import styles from './Board.module.css';

const NOBODY: ReadonlySet<string> = new Set();

function SourceNotes({ overview }: { overview: Overview }) {
  const notes = overview.sources.filter(
    source => source.state === 'absent' || source.state === 'error',
  );
  if (notes.length === 0) return null;
  return (
    <div className={styles.notes}>
      {notes.map(source => (
        <Alert
          key={source.id}
          status={source.state === 'absent' ? 'info' : 'warning'}
          icon
          title={
            source.state === 'absent'
              ? `${source.title} is not configured`
              : `${source.title} gives no usable answer`
          }
          description={
            source.message ??
            (source.state === 'absent'
              ? 'Its readings are missing from this page; the rest works.'
              : undefined)
          }
        />
      ))}
    </div>
  );
}

function BoardDrawer(props: {
  overview: Overview;
  openKey: string;
  onClose: () => void;
}) {
  const { overview, openKey, onClose } = props;
  const entityPath = useEntityPath();
  const found = findCell(overview, openKey);
  if (!found) {
    return (
      <Drawer title="Not on the board" focusKey={openKey} onClose={onClose}>
        <p>
          The address names a service or an environment that is not in the
          catalog, or that you may not see.
        </p>
      </Drawer>
    );
  }
  const { row, cell, environment } = found;
  return (
    <Drawer
      title={`${row.component.title ?? row.component.name} in ${
        environment?.title ?? refName(cell.environmentRef)
      }`}
      focusKey={openKey}
      onClose={onClose}
    >
      <CellDetails
        cell={cell}
        runtime={environment?.runtime ?? 'eks'}
        findings={row.findings}
      />
      <p>
        <ButtonLink
          href={entityPath(row.component.ref, 'delivery')}
          variant="secondary"
          size="small"
        >
          Open delivery
        </ButtonLink>
      </p>
    </Drawer>
  );
}

function Board(props: { overview: Overview; freshness: React.ReactNode }) {
  const { overview, freshness } = props;
  const [params, setUrl] = useUrlState();
  const me = useMe();
  const filters = readFilters(params);
  const filterKey = JSON.stringify(filters);
  const openKey = params.get('cell') ?? undefined;
  const closed = params.get('closed') ?? '';
  const collapsed = useMemo(
    () => new Set(closed.split(',').filter(Boolean)),
    [closed],
  );
  const board = useMemo(
    () => toBoard(overview, JSON.parse(filterKey), me?.ownershipRefs ?? NOBODY),
    [overview, filterKey, me],
  );

  const onOpen = useCallback(
    (key: string) => setUrl({ cell: key }, 'push'),
    [setUrl],
  );
  const onToggle = useCallback(
    (systemRef: string) => {
      const next = new Set(collapsed);
      if (!next.delete(systemRef)) next.add(systemRef);
      setUrl({ closed: [...next].join(',') });
    },
    [collapsed, setUrl],
  );
  const clear = () =>
    setUrl(
      {
        platform: undefined,
        owner: undefined,
        mine: undefined,
        attention: undefined,
        q: undefined,
      },
      'push',
    );

  return (
    <>
      <BoardToolbar
        overview={overview}
        filters={filters}
        attention={board.attention}
        setUrl={setUrl}
      >
        {freshness}
      </BoardToolbar>
      <SourceNotes overview={overview} />
      {board.groups.length > 0 && (
        <div className={styles.board}>
          {board.groups.map(group => (
            <BoardGroupTable
              key={group.systemRef}
              group={group}
              isCollapsed={collapsed.has(group.systemRef)}
              onToggle={onToggle}
              openKey={openKey}
              onOpen={onOpen}
            />
          ))}
        </div>
      )}
      {board.groups.length === 0 && overview.rows.length > 0 && (
        <div className={styles.empty}>
          <p>
            {filters.attention && !filters.search
              ? 'Nothing here needs attention.'
              : 'No service matches these filters.'}
          </p>
          <Button variant="secondary" size="small" onPress={clear}>
            Clear filters
          </Button>
        </div>
      )}
      {overview.rows.length === 0 && (
        <div className={styles.empty}>
          <p>
            No service runs anywhere yet. Create one from a template, or add the
            annotation <code>fairway.dev/environments</code> to a component that
            exists.
          </p>
          <ButtonLink href="/create" variant="primary" size="small">
            Create a service
          </ButtonLink>
        </div>
      )}
      {openKey && (
        <BoardDrawer
          overview={overview}
          openKey={openKey}
          onClose={() => setUrl({ cell: undefined })}
        />
      )}
    </>
  );
}

function BoardContent() {
  const { data, error, stream, dataUpdatedAt, refetch } = useOverview();
  if (!data && error) {
    return (
      <ErrorNotice
        title="The board could not be loaded"
        error={error}
        onRetry={refetch}
      />
    );
  }
  if (!data) return <BoardSkeleton />;
  return (
    <Board
      overview={data}
      freshness={
        <Freshness
          sources={data.sources}
          stream={stream}
          dataUpdatedAt={dataUpdatedAt}
          failed={Boolean(error)}
        />
      }
    />
  );
}

/** Every service in every environment, on one page. */
export function BoardPage() {
  return (
    <Screen page>
      <BoardContent />
    </Screen>
  );
}
