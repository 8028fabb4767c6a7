import { Entity } from '@backstage/catalog-model';
import { NotModifiedError } from '@backstage/errors';
import {
  PreparerBase,
  PreparerOptions,
  PreparerResponse,
} from '@backstage/plugin-techdocs-node';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';

/** The names under which mkdocs looks for its configuration. */
const CONFIG_FILES = ['mkdocs.yml', 'mkdocs.yaml'];

/**
 * Spares a local folder whose documentation has not changed from being
 * generated again: the stock preparer knows no version of local folders, so
 * that every reader would start a build, and two at once would disturb each
 * other.
 */
export class UnchangedDocsPreparer implements PreparerBase {
  constructor(private readonly inner: PreparerBase) {}

  shouldCleanPreparedDirectory(): boolean {
    return this.inner.shouldCleanPreparedDirectory();
  }

  /**
   * @throws NotModifiedError - the documentation is as it was when
   *   `options.etag` was made
   */
  async prepare(
    entity: Entity,
    options?: PreparerOptions,
  ): Promise<PreparerResponse> {
    const prepared = await this.inner.prepare(entity, options);
    if (prepared.etag) return prepared;
    const etag = await fingerprint(prepared.preparedDir);
    if (etag === options?.etag) throw new NotModifiedError();
    return { ...prepared, etag };
  }
}

/** Changes with the configuration, and with any file below `docs_dir`. */
async function fingerprint(folder: string): Promise<string> {
  const hash = createHash('sha256');
  let docs = 'docs';
  for (const name of CONFIG_FILES) {
    const text = await fs
      .readFile(path.join(folder, name), 'utf8')
      .catch(() => undefined);
    if (text === undefined) continue;
    hash.update(`${name}\n${text}\n`);
    docs = docsFolder(text) ?? docs;
  }
  const entries = await fs
    .readdir(path.join(folder, docs), { recursive: true, withFileTypes: true })
    .catch(() => []);
  const files = entries
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const { mtimeMs, size } = await fs.stat(file);
    hash.update(`${path.relative(folder, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function docsFolder(text: string): string | undefined {
  try {
    // tags of mkdocs' own, such as !ENV, are of no matter here
    const value = parse(text, { logLevel: 'silent' })?.docs_dir;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
