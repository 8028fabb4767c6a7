import { memo, ReactNode, useEffect, useMemo, useRef } from 'react';
import { SearchField, Select, ToggleButton } from '@backstage/ui';
import {
  DELIVERY_STATES_WORST_FIRST,
  Overview,
  OVERVIEW_SORTS,
} from '@fairway/plugin-platform-envs-common';
import { SetUrlState } from '../../hooks/useUrlState';
import { refName } from '../../model/refs';
import { cellWord } from '../../model/vocabulary';
import { BoardFilters, BoardSort } from './boardFilters';
import styles from './Board.module.css';

const ALL = 'all';

const SORT_NAMES: Record<BoardSort, string> = {
  worst: 'Worst first',
  platform: 'By platform',
  name: 'By name',
  changed: 'Last changed',
};

const SORTS = OVERVIEW_SORTS.map(id => ({ id, label: SORT_NAMES[id] }));

const STATES = DELIVERY_STATES_WORST_FIRST.map(id => ({
  id,
  label: cellWord(id).word,
}));

/** The choices, among them one that the address names and nobody has. */
function options(
  refs: Array<string | undefined>,
  all: string,
  chosen: string | undefined,
) {
  const known = new Set([...refs, chosen].flatMap(ref => (ref ? [ref] : [])));
  return [
    { id: ALL, label: all },
    ...[...known]
      .map(ref => ({ id: ref, label: refName(ref) }))
      .sort((a, b) => a.label.localeCompare(b.label)),
  ];
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Props of {@link BoardToolbar}. */
export interface BoardToolbarProps {
  overview: Overview;
  /** As the address has them; the search is told apart. */
  filters: BoardFilters;
  search: string;
  onSearch: (text: string) => void;
  attention: number;
  setUrl: SetUrlState;
  children?: ReactNode;
}

const Choices = memo(
  (props: Pick<BoardToolbarProps, 'overview' | 'filters' | 'setUrl'>) => {
    const { overview, filters, setUrl } = props;
    const { platform, owner, states, sort } = filters;
    const platforms = useMemo(
      () =>
        options(
          overview.rows.map(row => row.component.systemRef),
          'All platforms',
          platform,
        ),
      [overview, platform],
    );
    const owners = useMemo(
      () =>
        options(
          overview.rows.map(row => row.component.ownerRef),
          'All owners',
          owner,
        ),
      [overview, owner],
    );
    return (
      <>
        <Select
          aria-label="Platform"
          size="small"
          className={styles.select}
          options={platforms}
          value={platform ?? ALL}
          onChange={key =>
            setUrl({ platform: key === ALL ? undefined : String(key) }, 'push')
          }
        />
        <Select
          aria-label="Owner"
          size="small"
          className={styles.select}
          options={owners}
          value={owner ?? ALL}
          onChange={key =>
            setUrl({ owner: key === ALL ? undefined : String(key) }, 'push')
          }
        />
        <Select
          aria-label="State"
          size="small"
          className={styles.state}
          selectionMode="multiple"
          placeholder="Any state"
          options={STATES}
          value={[...states]}
          onChange={keys => setUrl({ state: keys.join(',') }, 'push')}
        />
        <Select
          aria-label="Sort"
          size="small"
          className={styles.sort}
          options={SORTS}
          value={sort}
          onChange={key =>
            setUrl({ sort: key === 'worst' ? undefined : String(key) }, 'push')
          }
        />
      </>
    );
  },
);
Choices.displayName = 'Choices';

/** The filters of the board; each lives in the address. `/` goes to the search. */
export function BoardToolbar(props: BoardToolbarProps) {
  const { overview, filters, search, onSearch, attention, setUrl } = props;
  const root = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isModified = event.ctrlKey || event.metaKey || event.altKey;
      if (event.key !== '/' || isModified || isTyping(event.target)) return;
      event.preventDefault();
      const field = root.current?.querySelector<HTMLInputElement>('input');
      field?.focus();
      field?.select();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);

  // The same object while the address says the same, for the memo below.
  const key = JSON.stringify(filters);
  const settled = useMemo(() => JSON.parse(key) as BoardFilters, [key]);
  return (
    <div className={styles.toolbar} ref={root} role="search">
      <SearchField
        aria-label="Search services"
        placeholder="Search  /"
        size="small"
        className={styles.search}
        value={search}
        onChange={onSearch}
      />
      <Choices overview={overview} filters={settled} setUrl={setUrl} />
      <ToggleButton
        isSelected={filters.mine}
        onChange={on => setUrl({ mine: on ? 'true' : undefined }, 'push')}
      >
        Mine
      </ToggleButton>
      <ToggleButton
        isSelected={filters.attention}
        onChange={on => setUrl({ attention: on ? 'true' : undefined }, 'push')}
      >
        {`Needs attention ${attention}`}
      </ToggleButton>
      <span className={styles.spacer} />
      {props.children}
    </div>
  );
}
