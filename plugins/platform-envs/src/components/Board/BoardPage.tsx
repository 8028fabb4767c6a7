import {
  memo,
  ReactNode,
  useCallback,
  useDeferredValue,
  useMemo,
  useRef,
} from 'react';
import { Button, ButtonLink } from '@backstage/ui';
import { Overview } from '@fairway/plugin-platform-envs-common';
import { useFreshness } from '../../hooks/useFreshness';
import { useMe } from '../../hooks/useMe';
import { useOverview } from '../../hooks/useOverview';
import { useUrlState } from '../../hooks/useUrlState';
import { ErrorNotice } from '../ErrorNotice';
import { Freshness } from '../Freshness';
import { Screen } from '../Screen';
import { BoardDrawer } from './BoardDrawer';
import { BoardFilters, FILTER_PARAMETERS, readFilters } from './boardFilters';
import { BoardGrid } from './BoardGrid';
import { BoardPathsProvider } from './BoardLink';
import { BoardSkeleton } from './BoardSkeleton';
import { BoardToolbar } from './BoardToolbar';
import { SourceNotes } from './SourceNotes';
import { toBoard } from './boardModel';
import { useSearchText } from './useSearchText';
import styles from './Board.module.css';

const NOBODY: ReadonlySet<string> = new Set();

function NothingRuns() {
  return (
    <div className={styles.empty}>
      <p>
        No service runs anywhere yet. Create one from a template, or add the
        annotation <code>fairway.dev/environments</code> to a component that is
        in the <a href="/catalog">catalog</a>.
      </p>
      <ButtonLink href="/create" variant="primary" size="small">
        Create a service
      </ButtonLink>
    </div>
  );
}

function NothingFound(props: { isCalm: boolean; onClear: () => void }) {
  return (
    <div className={styles.empty}>
      <p>
        {props.isCalm
          ? 'Nothing here needs attention.'
          : 'No service matches these filters.'}
      </p>
      <Button variant="secondary" size="small" onPress={props.onClear}>
        Clear filters
      </Button>
    </div>
  );
}

interface BoardProps {
  overview: Overview;
  freshness: ReactNode;
  isCutOff: boolean;
}

const Board = memo(({ overview, freshness, isCutOff }: BoardProps) => {
  const [params, setUrl] = useUrlState();
  const me = useMe();
  const above = useRef<HTMLDivElement>(null);
  const filters = readFilters(params);
  const [search, setSearch] = useSearchText(filters.search, setUrl);
  // Letters appear at once; two thousand rows may take a moment longer.
  const filterKey = useDeferredValue(JSON.stringify({ ...filters, search }));
  const openKey = params.get('cell') ?? undefined;
  const closed = params.get('closed') ?? '';
  const folded = useMemo(
    () => new Set(closed.split(',').filter(Boolean)),
    [closed],
  );
  const board = useMemo(
    () =>
      toBoard(
        overview,
        JSON.parse(filterKey) as BoardFilters,
        me?.ownershipRefs ?? NOBODY,
      ),
    [overview, filterKey, me],
  );

  const onOpen = useCallback(
    (key: string) => setUrl({ cell: key }, 'push'),
    [setUrl],
  );
  const onClose = useCallback(() => setUrl({ cell: undefined }), [setUrl]);
  const onToggle = useCallback(
    (systemRef: string) => {
      const next = new Set(folded);
      if (!next.delete(systemRef)) next.add(systemRef);
      setUrl({ closed: [...next].join(',') });
    },
    [folded, setUrl],
  );
  const clear = () => {
    setSearch('');
    setUrl(
      Object.fromEntries(FILTER_PARAMETERS.map(name => [name, undefined])),
      'push',
    );
  };

  const total = overview.rows.length;
  return (
    <>
      <div ref={above}>
        <BoardToolbar
          overview={overview}
          filters={filters}
          search={search}
          onSearch={setSearch}
          attention={board.attention}
          setUrl={setUrl}
        >
          <span role="status" className={styles.shown}>
            {board.shown === total
              ? `${total} services`
              : `${board.shown} of ${total} services`}
          </span>
          {freshness}
        </BoardToolbar>
        <SourceNotes sources={overview.sources} />
      </div>
      {board.groups.length > 0 && (
        <BoardPathsProvider>
          <BoardGrid
            groups={board.groups}
            folded={folded}
            onToggle={onToggle}
            openKey={openKey}
            onOpen={onOpen}
            isStale={isCutOff}
            above={above}
          />
        </BoardPathsProvider>
      )}
      {board.groups.length === 0 && total > 0 && (
        <NothingFound
          isCalm={filters.attention && !filters.search}
          onClear={clear}
        />
      )}
      {total === 0 && <NothingRuns />}
      {openKey && (
        <BoardDrawer overview={overview} openKey={openKey} onClose={onClose} />
      )}
    </>
  );
});
Board.displayName = 'Board';

function LoadedBoard(props: {
  overview: Overview;
  state: Pick<
    ReturnType<typeof useOverview>,
    'stream' | 'dataUpdatedAt' | 'error'
  >;
}) {
  const { overview, state } = props;
  const { stream, dataUpdatedAt, error } = state;
  const input = {
    sources: overview.sources,
    stream,
    dataUpdatedAt,
    failed: Boolean(error),
  };
  const { isCutOff = false } = useFreshness(input);
  const { sources, failed } = input;
  const freshness = useMemo(
    () => <Freshness {...{ sources, stream, dataUpdatedAt, failed }} />,
    [sources, stream, dataUpdatedAt, failed],
  );
  return (
    <Board overview={overview} freshness={freshness} isCutOff={isCutOff} />
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
    <LoadedBoard overview={data} state={{ stream, dataUpdatedAt, error }} />
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
