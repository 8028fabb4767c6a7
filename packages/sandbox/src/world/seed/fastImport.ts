import { BareGitStore } from '../BareGitStore';

/** A commit of a history to be imported. */
export interface SeedCommit {
  at: Date;
  author: { name: string; email: string };
  message: string;
  /** Files that change, by path. */
  files: Record<string, string>;
  /** Tags on it, without `refs/tags/`. */
  tags?: string[];
}

/**
 * Writes a whole history to `main` of an empty repository in one process.
 * Commits are ordered by time; a later one overwrites files of an earlier one.
 */
export async function fastImport(
  git: BareGitStore,
  repository: string,
  commits: SeedCommit[],
): Promise<void> {
  const ordered = [...commits].sort((a, b) => a.at.getTime() - b.at.getTime());
  const stream: string[] = [];
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const tags: string[] = [];
  for (const [index, commit] of ordered.entries()) {
    const who = `${commit.author.name} <${commit.author.email}> ${Math.floor(
      commit.at.getTime() / 1000,
    )} +0000`;
    const mark = index + 1;
    stream.push(
      `commit refs/heads/main\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n`,
      data(`${commit.message}\n`),
    );
    for (const [path, content] of Object.entries(commit.files)) {
      stream.push(`M 100644 inline ${path}\n`, data(content));
    }
    stream.push('\n');
    for (const tag of commit.tags ?? []) {
      tags.push(`reset refs/tags/${tag}\nfrom :${mark}\n\n`);
    }
  }
  await git.run(repository, ['fast-import', '--quiet', '--date-format=raw'], {
    input: [...stream, ...tags, 'done\n'].join(''),
  });
  await git.sync(repository);
}
