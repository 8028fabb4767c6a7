import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import {
  RiArrowDownSLine,
  RiArrowRightSLine,
  RiFile3Line,
  RiFolder3Line,
} from '@remixicon/react';
import { KeyboardEvent, useMemo, useRef, useState } from 'react';
import { Change } from './Change';
import { Folder, Row, toRows, toTree } from './fileTree';
import styles from './plan.module.css';
import { goTo } from './goTo';

/** More than this in one folder, and it starts closed. */
const MOST_OPEN = 12;

/** Props of {@link FileTree}. */
export interface FileTreeProps {
  files: PlannedThing[];
  shown?: PlannedThing;
  onShow(file: PlannedThing): void;
  /** What the tree holds, for those who do not see it. */
  label: string;
  /** Id of where a file is shown. */
  viewId: string;
}

/**
 * Files by folder; each opens in the view beside it. One stop of the tab key,
 * and the arrow keys go through it.
 *
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/treeview/
 */
export function FileTree(props: FileTreeProps) {
  const { files, shown, onShow, label, viewId } = props;
  const [toggled, setToggled] = useState<Record<string, boolean>>({});
  const [stopAt, setStopAt] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  const tree = useMemo(() => toTree(files), [files]);
  const isMixed = files.some(({ change }) => change !== 'create');

  const isOpen = (path: string, folder: Folder) =>
    toggled[path] ?? (folder.count <= MOST_OPEN || holds(folder, shown));
  const rows = toRows(tree, isOpen);
  const stop =
    rows.find(({ path }) => path === stopAt) ??
    rows.find(({ thing }) => thing !== undefined && thing === shown) ??
    rows[0];

  const choose = (row: Row) => {
    setStopAt(row.path);
    if (row.thing) onShow(row.thing);
    else setToggled(before => ({ ...before, [row.path]: !row.isOpen }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !stop) return;
    const isChosen = event.key === 'Enter' || event.key === ' ';
    const next = isChosen ? undefined : goTo(rows, stop, event.key);
    if (isChosen || next === 'toggle') choose(stop);
    else if (next) {
      setStopAt(next.path);
      (
        list.current?.children[rows.indexOf(next)] as HTMLElement | undefined
      )?.focus();
    } else return;
    event.preventDefault();
  };

  return (
    <ul
      ref={list}
      role="tree"
      aria-label={label}
      className={styles.tree}
      onKeyDown={onKeyDown}
    >
      {rows.map(row => (
        // The list hears the keys for all of them.
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events
        <li
          key={row.path}
          role="treeitem"
          aria-level={row.level}
          aria-setsize={row.size}
          aria-posinset={row.position}
          aria-expanded={row.isOpen}
          aria-selected={row.thing ? row.thing === shown : undefined}
          aria-controls={row.thing && viewId}
          tabIndex={row === stop ? 0 : -1}
          style={{ paddingInlineStart: 6 + (row.level - 1) * 14 }}
          onClick={() => choose(row)}
          onFocus={() => setStopAt(row.path)}
        >
          <Mark row={row} />
          {row.name}
          {row.count !== undefined && (
            <span className={styles.count}>{row.count}</span>
          )}
          {row.thing && isMixed && <Change change={row.thing.change} />}
        </li>
      ))}
    </ul>
  );
}

function Mark({ row }: { row: Row }) {
  if (row.thing) return <RiFile3Line size={14} aria-hidden />;
  const Arrow = row.isOpen ? RiArrowDownSLine : RiArrowRightSLine;
  return (
    <>
      <Arrow size={14} aria-hidden />
      <RiFolder3Line size={14} aria-hidden />
    </>
  );
}

function holds(folder: Folder, thing?: PlannedThing): boolean {
  return (
    thing !== undefined &&
    (folder.files.some(file => file.thing === thing) ||
      folder.folders.some(one => holds(one, thing)))
  );
}
