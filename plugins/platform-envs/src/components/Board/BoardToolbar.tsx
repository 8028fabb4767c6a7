import { useEffect, useRef, useState } from 'react';
import { SearchField, Select, ToggleButton } from '@backstage/ui';
import { Overview } from '@fairway/plugin-platform-envs-common';
import { SetUrlState } from '../../hooks/useUrlState';
import { refName } from '../../model/refs';
import { BoardFilters } from './boardModel';
import styles from './Board.module.css';

const ALL = 'all';

function options(refs: string[], all: string) {
  return [
    { id: ALL, label: all },
    ...[...new Set(refs)]
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
  filters: BoardFilters;
  attention: number;
  setUrl: SetUrlState;
  children?: React.ReactNode;
}

/** The filters of the board; each lives in the address. `/` goes to the search. */
export function BoardToolbar(props: BoardToolbarProps) {
  const { overview, filters, attention, setUrl, children } = props;
  const root = useRef<HTMLDivElement>(null);
  const [search, setSearch] = useState(filters.search);

  // Back and Clear change the address behind the field.
  useEffect(() => setSearch(filters.search), [filters.search]);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTyping(event.target)) return;
      event.preventDefault();
      root.current?.querySelector<HTMLInputElement>('input')?.focus();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);

  const components = overview.rows.map(row => row.component);
  return (
    <div className={styles.toolbar} ref={root} role="search">
      <SearchField
        aria-label="Search services"
        placeholder="Search  /"
        size="small"
        className={styles.search}
        value={search}
        onChange={value => {
          setSearch(value);
          setUrl({ q: value });
        }}
      />
      <Select
        aria-label="Platform"
        size="small"
        className={styles.select}
        options={options(
          components.flatMap(c => (c.systemRef ? [c.systemRef] : [])),
          'All platforms',
        )}
        value={filters.platform ?? ALL}
        onChange={key =>
          setUrl({ platform: key === ALL ? undefined : String(key) }, 'push')
        }
      />
      <Select
        aria-label="Owner"
        size="small"
        className={styles.select}
        options={options(
          components.map(c => c.ownerRef),
          'All owners',
        )}
        value={filters.owner ?? ALL}
        onChange={key =>
          setUrl({ owner: key === ALL ? undefined : String(key) }, 'push')
        }
      />
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
      <Select
        aria-label="Sort"
        size="small"
        className={styles.sort}
        options={[
          { id: 'worst', label: 'Worst first' },
          { id: 'name', label: 'By name' },
        ]}
        value={filters.sort}
        onChange={key =>
          setUrl({ sort: key === 'name' ? 'name' : undefined }, 'push')
        }
      />
      <span className={styles.spacer} />
      {children}
    </div>
  );
}
