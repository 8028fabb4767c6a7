import ignore, { Ignore } from 'ignore';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder's `.gitignore`, for what is below it. */
interface Rules {
  /** Path of the folder, with `/` at its end; empty for the first. */
  below: string;
  rules: Ignore;
}

/**
 * Paths of the files below a folder that git would commit, with `/`: all but
 * those that a `.gitignore` names. In no particular order.
 */
export async function listCommitted(folder: string): Promise<string[]> {
  return listBelow(folder, '', []);
}

async function listBelow(
  folder: string,
  below: string,
  above: Rules[],
): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const own = entries.some(({ name }) => name === '.gitignore')
    ? [
        {
          below,
          rules: ignore().add(
            await readFile(join(folder, below, '.gitignore'), 'utf8'),
          ),
        },
      ]
    : [];
  const rules = [...above, ...own];
  const found: string[] = [];
  for (const entry of entries) {
    const path = `${below}${entry.name}`;
    if (entry.isDirectory()) {
      // git takes none that is called as its own
      if (entry.name === '.git' || isIgnored(`${path}/`, rules)) continue;
      found.push(...(await listBelow(folder, `${path}/`, rules)));
    } else if (entry.isFile() && !isIgnored(path, rules)) {
      found.push(path);
    }
  }
  return found;
}

/** The innermost that has something to say decides. */
function isIgnored(path: string, all: Rules[]): boolean {
  for (const { below, rules } of [...all].reverse()) {
    const { ignored, unignored } = rules.test(path.slice(below.length));
    if (ignored || unignored) return ignored;
  }
  return false;
}
