import {
  FocusEvent,
  KeyboardEvent,
  memo,
  RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { BoardHead } from './BoardHead';
import { BoardItem, BoardPlace, step, toItems } from './boardItems';
import { BoardLine } from './BoardLine';
import { BoardGroup } from './boardModel';
import { useFillHeight } from './useFillHeight';
import { useInTurns } from './useInTurns';
import styles from './Board.module.css';

/** Heights of lines, as Board.module.css has them; known ones need no measuring. */
const HEAD_PX = 48;
const ROW_PX = 42;
/** Up to here every line is drawn, so that the browser's own search finds all of it. */
const DRAW_ALL = 120;
const OVERSCAN = 8;
/** Lines that come into view at once; what a hand scrolls is a few. */
const DRAW_AT_ONCE = 4;

/** Props of {@link BoardGrid}. */
export interface BoardGridProps {
  groups: BoardGroup[];
  /** System refs of the platforms whose rows are folded away. */
  folded: ReadonlySet<string>;
  onToggle: (systemRef: string) => void;
  /** The cell whose drawer is open. */
  openKey?: string;
  onOpen: (key: string) => void;
  /** What is shown is no longer known to be true: green loses its colour. */
  isStale: boolean;
  /** What stands above the grid and takes its room. */
  above: RefObject<HTMLElement>;
}

/** The line that a cell stands on. */
function lineOf(cell: string): string {
  return cell.split('@', 1)[0];
}

function placeOf(target: EventTarget): BoardPlace | undefined {
  const element = (target as HTMLElement).closest<HTMLElement>('[data-column]');
  const line = element?.closest<HTMLElement>('[data-line]');
  if (!element || !line) return undefined;
  return { key: line.dataset.line!, column: Number(element.dataset.column) };
}

/**
 * The board as one grid that scrolls in itself. Only the lines in view are
 * drawn, beside the head of the platform in view and the line that has the
 * focus. One place at a time takes part in Tab; arrows, Home, End and the Page
 * keys move it.
 */
export const BoardGrid = memo((props: BoardGridProps) => {
  const { groups, folded, onToggle, openKey, onOpen, isStale, above } = props;
  const scroller = useRef<HTMLDivElement>(null);
  useFillHeight(scroller, above);

  const items = useMemo(() => toItems(groups, folded), [groups, folded]);
  const heads = useMemo(
    () => items.flatMap((item, i) => (item.kind === 'head' ? [i] : [])),
    [items],
  );
  const [active, setActive] = useState<BoardPlace>();
  const indexOf = useMemo(
    () => new Map(items.map((item, i) => [item.key, i])),
    [items],
  );
  // Before anybody was here, or when their line is gone, Tab leads to the first.
  const activeIndex = (active && indexOf.get(active.key)) ?? 0;
  const activeColumn = Math.min(
    active && indexOf.has(active.key) ? active.column : 0,
    items[activeIndex]?.group.environments.length ?? 0,
  );

  const sticky = useRef(0);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    // stable while the items are: every other one makes it count them again
    estimateSize: useCallback(
      (i: number) => (items[i].kind === 'head' ? HEAD_PX : ROW_PX),
      [items],
    ),
    getItemKey: useCallback((i: number) => items[i].key, [items]),
    overscan: items.length <= DRAW_ALL ? DRAW_ALL : OVERSCAN,
    scrollPaddingStart: HEAD_PX,
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        sticky.current = heads.findLast(i => i <= range.startIndex) ?? 0;
        return [
          ...new Set([
            sticky.current,
            activeIndex,
            ...defaultRangeExtractor(range),
          ]),
        ]
          .filter(i => i < items.length)
          .sort((a, b) => a - b);
      },
      [heads, activeIndex, items],
    ),
  });

  const [wanted, setWanted] = useState<BoardPlace>();
  const goTo = useCallback((place: BoardPlace) => {
    setActive(place);
    setWanted({ ...place });
  }, []);
  useLayoutEffect(() => {
    if (!wanted) return;
    const lines =
      scroller.current?.querySelectorAll<HTMLElement>('[data-line]');
    const element = [...(lines ?? [])]
      .find(line => line.dataset.line === wanted.key)
      ?.querySelector<HTMLElement>(`[data-column="${wanted.column}"]`);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
  }, [wanted]);

  // Whoever came with the drawer open, by the address, has no place to go back to.
  const lastOpen = useRef(openKey);
  useEffect(() => {
    const closed = lastOpen.current;
    lastOpen.current = openKey;
    if (!closed || openKey || document.activeElement !== document.body) return;
    const line = items.find(item => item.key === lineOf(closed));
    if (line?.kind !== 'row') return;
    const column = line.group.environments.findIndex(
      e => e.ref === closed.slice(line.key.length + 1),
    );
    if (column >= 0) goTo({ key: line.key, column: column + 1 });
  }, [openKey, items, goTo]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const from = placeOf(event.target);
    const index = from && indexOf.get(from.key);
    if (from === undefined || index === undefined || event.altKey) return;
    const height = scroller.current?.clientHeight ?? 0;
    const page = Math.max(1, Math.floor((height - HEAD_PX) / ROW_PX) - 1);
    const to = step(items, index, from.column, event, page);
    if (!to) return;
    event.preventDefault();
    goTo(to);
  };
  const onFocus = (event: FocusEvent<HTMLElement>) => {
    const place = placeOf(event.target);
    if (
      place &&
      (place.key !== active?.key || place.column !== active?.column)
    ) {
      setActive(place);
    }
  };

  const shown = useInTurns({
    items: virtualizer.getVirtualItems(),
    range: virtualizer.range,
    urgent: new Set([sticky.current, activeIndex]),
    ...(items.length > DRAW_ALL && { most: DRAW_AT_ONCE }),
  });

  const columns = Math.max(0, ...groups.map(g => g.environments.length));
  const openLine = openKey && lineOf(openKey);
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Services by environment"
      aria-rowcount={items.length}
      aria-colcount={columns + 1}
      // the browser would make what scrolls a stop of its own
      tabIndex={-1}
      className={styles.board}
      data-stale={isStale || undefined}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
    >
      <div
        role="rowgroup"
        className={styles.lines}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {shown.map(({ index, start, key }) => {
          const item: BoardItem = items[index];
          const column = index === activeIndex ? activeColumn : undefined;
          if (item.kind === 'row') {
            return (
              <BoardLine
                key={key}
                boardRow={item.boardRow}
                environments={item.group.environments}
                rowIndex={index + 1}
                activeColumn={column}
                openKey={openLine === item.key ? openKey : undefined}
                top={start}
                onOpen={onOpen}
              />
            );
          }
          return (
            <BoardHead
              key={key}
              group={item.group}
              isFolded={item.isFolded}
              rowIndex={index + 1}
              activeColumn={column}
              isSticky={index === sticky.current}
              top={start}
              onToggle={onToggle}
            />
          );
        })}
      </div>
    </div>
  );
});
BoardGrid.displayName = 'BoardGrid';
