import fs from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';

/** One page: a Markdown file and the folder that it becomes. */
export interface SitePage {
  /** Relative to the docs folder, with forward slashes. */
  source: string;
  /** `''` for the start page, else `folder/` below the site. */
  location: string;
  /** From the navigation, where it gives one. */
  title?: string;
}

/** The navigation: a page, or a titled group. */
export type NavEntry =
  | { page: SitePage }
  | { title: string; children: NavEntry[] };

/** A documentation site as mkdocs.yml describes it. */
export interface Site {
  name: string;
  description?: string;
  docsDir: string;
  nav: NavEntry[];
  pages: SitePage[];
  /** Files that are not Markdown, relative to the docs folder. */
  assets: string[];
}

/**
 * Reads mkdocs.yml and the docs folder.
 *
 * @throws Error - naming the file that is missing or outside the docs folder
 */
export async function readSite(
  inputDir: string,
  fallbackName = 'Documentation',
): Promise<Site> {
  const config = await readMkdocsYml(inputDir);
  const docsDir = path.resolve(
    inputDir,
    typeof config.docs_dir === 'string' ? config.docs_dir : 'docs',
  );
  if (!isWithin(await fs.realpath(inputDir), await realpath(docsDir))) {
    throw new Error(
      `docs_dir "${config.docs_dir}" in mkdocs.yml leads outside the documentation's folder`,
    );
  }
  const files = await listFiles(docsDir);
  const markdown = files.filter(file => file.endsWith('.md'));
  const nav = Array.isArray(config.nav)
    ? config.nav.map(entry => readNav(entry, markdown))
    : markdown.sort(startPageFirst).map(source => ({ page: toPage(source) }));
  const pages = nav.flatMap(flatten);
  // pages that the navigation leaves out can still be linked to
  for (const source of markdown) {
    if (!pages.some(page => page.source === source)) pages.push(toPage(source));
  }
  return {
    name:
      typeof config.site_name === 'string' ? config.site_name : fallbackName,
    description:
      typeof config.site_description === 'string'
        ? config.site_description
        : undefined,
    docsDir,
    nav,
    pages,
    assets: files.filter(file => !file.endsWith('.md')),
  };
}

async function readMkdocsYml(
  inputDir: string,
): Promise<Record<string, unknown>> {
  for (const name of ['mkdocs.yml', 'mkdocs.yaml']) {
    let text: string;
    try {
      text = await fs.readFile(path.join(inputDir, name), 'utf8');
    } catch {
      continue;
    }
    // tags such as !!python/name are names to us, never code
    const value = parse(text, { logLevel: 'silent' });
    if (value && typeof value === 'object') return value;
    throw new Error(`${name} is not a YAML mapping`);
  }
  return {};
}

function readNav(entry: unknown, markdown: string[]): NavEntry {
  if (typeof entry === 'string') return { page: toPage(known(entry)) };
  if (entry && typeof entry === 'object') {
    const [[title, value]] = Object.entries(entry);
    if (typeof value === 'string') {
      return { page: { ...toPage(known(value)), title } };
    }
    if (Array.isArray(value)) {
      return { title, children: value.map(child => readNav(child, markdown)) };
    }
  }
  throw new Error(
    `nav in mkdocs.yml has an entry that is neither a page nor a group: ${JSON.stringify(
      entry,
    )}`,
  );

  function known(source: string): string {
    const normal = path.posix.normalize(source);
    if (!markdown.includes(normal)) {
      throw new Error(
        `nav in mkdocs.yml names "${source}", which is not a Markdown file of the docs folder`,
      );
    }
    return normal;
  }
}

function toPage(source: string): SitePage {
  const folder = path.posix.dirname(source);
  const name = path.posix.basename(source, '.md');
  const isIndex = name === 'index' || name === 'README';
  const parts = [folder === '.' ? '' : folder, isIndex ? '' : name];
  const joined = parts.filter(Boolean).join('/');
  return { source, location: joined ? `${joined}/` : '' };
}

function flatten(entry: NavEntry): SitePage[] {
  return 'page' in entry ? [entry.page] : entry.children.flatMap(flatten);
}

function startPageFirst(a: string, b: string): number {
  const rank = (name: string) => (name === 'index.md' ? 0 : 1);
  return rank(a) - rank(b) || a.localeCompare(b);
}

// symbolic links are left out: they may lead anywhere
async function listFiles(folder: string, prefix = ''): Promise<string[]> {
  let entries;
  try {
    entries = await fs.readdir(folder, { withFileTypes: true });
  } catch {
    throw new Error(`The docs folder "${path.basename(folder)}" is missing`);
  }
  const lists = await Promise.all(
    entries.map(async entry => {
      const name = prefix ? `${prefix}/${entry.name}` : entry.name;
      if (entry.isDirectory()) {
        return listFiles(path.join(folder, entry.name), name);
      }
      return entry.isFile() ? [name] : [];
    }),
  );
  return lists.flat().sort();
}

async function realpath(folder: string): Promise<string> {
  try {
    return await fs.realpath(folder);
  } catch {
    throw new Error(`The docs folder "${path.basename(folder)}" is missing`);
  }
}

function isWithin(parent: string, child: string): boolean {
  const relative = path.relative(parent, child);
  return !relative.startsWith('..') && !path.isAbsolute(relative);
}
