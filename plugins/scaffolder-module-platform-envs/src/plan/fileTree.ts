import { PlannedThing } from '@fairway/plugin-platform-envs-common';

/** A folder with what is in it: folders first, both by name. */
export interface Folder {
  /** Path, `a/b` for folders that hold nothing but one folder. */
  name: string;
  folders: Folder[];
  files: Array<{ name: string; thing: PlannedThing }>;
  /** Files in it and below. */
  count: number;
}

/** Sorts planned files into folders; a chain of single folders becomes one. */
export function toTree(things: PlannedThing[]): Folder {
  const root: Folder = { name: '', folders: [], files: [], count: 0 };
  for (const thing of things) {
    const parts = thing.name.split('/');
    const file = parts.pop()!;
    let folder = root;
    folder.count += 1;
    for (const part of parts) {
      let next = folder.folders.find(({ name }) => name === part);
      if (!next) {
        next = { name: part, folders: [], files: [], count: 0 };
        folder.folders.push(next);
      }
      next.count += 1;
      folder = next;
    }
    folder.files.push({ name: file, thing });
  }
  return inOrder(root);
}

function inOrder(folder: Folder): Folder {
  const byName = (a: { name: string }, b: { name: string }) =>
    a.name.localeCompare(b.name, 'en');
  return {
    ...folder,
    folders: folder.folders.map(inOrder).map(joinChain).sort(byName),
    files: [...folder.files].sort(byName),
  };
}

function joinChain(folder: Folder): Folder {
  const [only, ...others] = folder.folders;
  if (!only || others.length > 0 || folder.files.length > 0) return folder;
  return joinChain({ ...only, name: `${folder.name}/${only.name}` });
}

/** A line of the tree, as it stands on the page. */
export interface Row {
  /** Of the file or folder; no two are the same. */
  path: string;
  name: string;
  /** 1 at the top. */
  level: number;
  /** Among those of its folder, from 1. */
  position: number;
  /** How many its folder holds directly. */
  size: number;
  /** Of a folder. */
  isOpen?: boolean;
  /** Of a folder: files in it and below. */
  count?: number;
  /** Of a file. */
  thing?: PlannedThing;
}

/** The lines of a tree from top to bottom; what is in a closed folder has none. */
export function toRows(
  tree: Folder,
  isOpen: (path: string, folder: Folder) => boolean,
): Row[] {
  return rowsOf(tree, isOpen, '', 1);
}

function rowsOf(
  { folders, files }: Folder,
  isOpen: (path: string, folder: Folder) => boolean,
  above: string,
  level: number,
): Row[] {
  const size = folders.length + files.length;
  return [
    ...folders.flatMap((folder, index) => {
      const path = `${above}${folder.name}`;
      const open = isOpen(path, folder);
      const row: Row = {
        path,
        name: folder.name,
        level,
        position: index + 1,
        size,
        isOpen: open,
        count: folder.count,
      };
      return [
        row,
        ...(open ? rowsOf(folder, isOpen, `${path}/`, level + 1) : []),
      ];
    }),
    ...files.map(({ name, thing }, index) => ({
      path: `${above}${name}`,
      name,
      level,
      position: folders.length + index + 1,
      size,
      thing,
    })),
  ];
}
