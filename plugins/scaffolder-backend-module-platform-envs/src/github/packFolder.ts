import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { listCommitted } from './listCommitted';

const compress = promisify(deflate);

/** Numbers of git's pack format. */
const TYPES = { commit: 1, tree: 2, blob: 3 } as const;

/** A first commit with all that it holds. */
export interface PackedCommit {
  /** SHA of the commit. */
  commit: string;
  /** What a server needs to have it. */
  pack: Buffer;
}

interface Entry {
  name: string;
  mode: '100644' | '100755' | '40000';
  sha: string;
}

/** Objects by their SHA, each once. */
type Objects = Map<string, { type: keyof typeof TYPES; body: Buffer }>;

/**
 * Makes the first commit of a repository of all files of a folder, in memory:
 * what a library does with a repository on disk, which takes each file through
 * the disk and through JavaScript three times, at the cost of everybody else in
 * this process.
 *
 * @see https://git-scm.com/docs/gitformat-pack
 */
export async function packFolder(options: {
  folder: string;
  message: string;
  author: { name: string; email: string };
  now?: Date;
}): Promise<PackedCommit> {
  const { folder, message, author, now = new Date() } = options;
  const objects: Objects = new Map();
  const files = await Promise.all(
    (
      await listCommitted(folder)
    ).map(async path => ({
      path: path.split('/'),
      entry: await addFile(objects, join(folder, path)),
    })),
  );
  const who = `${nameOf(author.name)} <${nameOf(author.email)}> ${Math.floor(
    now.getTime() / 1000,
  )} +0000`;
  const commit = add(
    objects,
    'commit',
    Buffer.from(
      [
        `tree ${addTree(objects, files)}`,
        `author ${who}`,
        `committer ${who}`,
        '',
        `${message.trimEnd()}\n`,
      ].join('\n'),
    ),
  );
  return { commit, pack: await packOf(objects) };
}

async function addFile(
  objects: Objects,
  file: string,
): Promise<Omit<Entry, 'name'>> {
  const [body, { mode }] = await Promise.all([readFile(file), stat(file)]);
  return {
    mode: Math.floor(mode / 0o100) % 2 === 1 ? '100755' : '100644',
    sha: add(objects, 'blob', body),
  };
}

/** @returns SHA of the tree */
function addTree(
  objects: Objects,
  files: Array<{ path: string[]; entry: Omit<Entry, 'name'> }>,
): string {
  const folders = new Map<string, typeof files>();
  const entries: Entry[] = [];
  for (const { path, entry } of files) {
    const [name, ...rest] = path;
    if (rest.length === 0) {
      entries.push({ name, ...entry });
    } else {
      const inside = folders.get(name) ?? [];
      folders.set(name, [...inside, { path: rest, entry }]);
    }
  }
  for (const [name, inside] of folders) {
    entries.push({ name, mode: '40000', sha: addTree(objects, inside) });
  }
  // by bytes, a folder as if its name ended with a slash
  const keyed = entries.map(entry => ({
    entry,
    key: Buffer.from(entry.mode === '40000' ? `${entry.name}/` : entry.name),
  }));
  keyed.sort((a, b) => a.key.compare(b.key));
  return add(
    objects,
    'tree',
    Buffer.concat(
      keyed.flatMap(({ entry: { mode, name, sha } }) => [
        Buffer.from(`${mode} ${name}\0`),
        Buffer.from(sha, 'hex'),
      ]),
    ),
  );
}

function add(objects: Objects, type: keyof typeof TYPES, body: Buffer): string {
  const sha = createHash('sha1')
    .update(`${type} ${body.length}\0`)
    .update(body)
    .digest('hex');
  objects.set(sha, { type, body });
  return sha;
}

async function packOf(objects: Objects): Promise<Buffer> {
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  head.writeUInt32BE(objects.size, 8);
  const parts = await Promise.all(
    [...objects.values()].map(async ({ type, body }) => [
      sizeOf(TYPES[type], body.length),
      await compress(body),
    ]),
  );
  const content = Buffer.concat([head, ...parts.flat()]);
  return Buffer.concat([content, createHash('sha1').update(content).digest()]);
}

/** Three bits of type and four of the size, then seven a byte; the highest bit says that more come. */
function sizeOf(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let byte = type * 16 + (size % 16);
  let rest = Math.floor(size / 16);
  while (rest > 0) {
    bytes.push(byte + 0x80);
    byte = rest % 128;
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, byte]);
}

/** What would end a name in a commit. */
function nameOf(text: string): string {
  return text.replace(/[<>\n\0]/g, '').trim();
}
