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
