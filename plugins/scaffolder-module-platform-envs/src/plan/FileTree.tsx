import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { RiFile3Line, RiFolder3Line } from '@remixicon/react';
import { Change } from './Change';
import { Folder, toTree } from './fileTree';
import styles from './plan.module.css';

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

/** Files by folder; each opens in the view beside it. */
export function FileTree({ files, label, ...props }: FileTreeProps) {
  const tree = toTree(files);
  const allNew = files.every(({ change }) => change === 'create');
  return (
    <nav aria-label={label} className={styles.tree}>
      <Entries folder={tree} {...props} isMixed={!allNew} />
    </nav>
  );
}

function Entries(
  props: Omit<FileTreeProps, 'files' | 'label'> & {
    folder: Folder;
    /** Not all are new: each says what becomes of it. */
    isMixed: boolean;
  },
) {
  const { folder, shown, onShow, viewId, isMixed } = props;
  return (
    <ul>
      {folder.folders.map(one => (
        <li key={one.name}>
          <details open={one.count <= MOST_OPEN || holds(one, shown)}>
            <summary>
              <RiFolder3Line size={14} aria-hidden />
              {one.name}
              <span className={styles.count}>{one.count}</span>
            </summary>
            <Entries {...props} folder={one} />
          </details>
        </li>
      ))}
      {folder.files.map(({ name, thing }) => (
        <li key={name}>
          <button
            type="button"
            className={styles.file}
            aria-current={thing === shown ? 'true' : undefined}
            aria-controls={viewId}
            onClick={() => onShow(thing)}
          >
            <RiFile3Line size={14} aria-hidden />
            {name}
            {isMixed && <Change change={thing.change} />}
          </button>
        </li>
      ))}
    </ul>
  );
}

function holds(folder: Folder, thing?: PlannedThing): boolean {
  return (
    thing !== undefined &&
    (folder.files.some(file => file.thing === thing) ||
      folder.folders.some(one => holds(one, thing)))
  );
}
