import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import {
  GeneratorRunOptions,
  TechdocsGenerator,
} from '@backstage/plugin-techdocs-node';
import { ScmIntegrations } from '@backstage/integration';
import fs from 'node:fs/promises';
import path from 'node:path';
import { readSite, SitePage } from './readSite';
import { renderMarkdown } from './renderMarkdown';
import { renderPage } from './renderPage';
import { STYLESHEET, STYLESHEET_NAME } from './stylesheet';

/**
 * Generates TechDocs in this process, without Python: the pages named by
 * `nav` in mkdocs.yml (or every Markdown file of the docs folder), in the
 * structure that the TechDocs reader and its search index expect.
 *
 * It runs no plugin and no macro of the documentation: raw HTML in Markdown
 * is escaped, so what a repository contains cannot run here.
 *
 * @public
 */
export class MarkdownGenerator extends TechdocsGenerator {
  constructor(options: { config: Config; logger: LoggerService }) {
    super({
      logger: options.logger,
      config: options.config,
      scmIntegrations: ScmIntegrations.fromConfig(options.config),
    });
  }

  /**
   * Writes the site to `outputDir`.
   *
   * @throws Error - mkdocs.yml or a page that it names is missing, or lies
   *   outside the docs folder; the message names the file.
   */
  async run(options: GeneratorRunOptions): Promise<void> {
    const { inputDir, outputDir, etag, siteOptions, logger } = options;
    const site = await readSite(inputDir, siteOptions?.name);
    await fs.mkdir(outputDir, { recursive: true });

    const searchDocs: Array<{ location: string; title: string; text: string }> =
      [];
    const files: string[] = [];
    for (const page of site.pages) {
      const source = await fs.readFile(path.join(site.docsDir, page.source), {
        encoding: 'utf8',
      });
      const rendered = renderMarkdown(source, {
        page: page.source,
        locate: target => locate(site.pages, page, target),
      });
      const file = path.posix.join(page.location, 'index.html');
      await write(
        path.join(outputDir, file),
        renderPage({
          site,
          page: { ...page, title: page.title ?? rendered.title ?? page.source },
          content: rendered.html,
          headings: rendered.headings,
        }),
      );
      files.push(file);
      searchDocs.push(
        ...rendered.sections.map(section => ({
          location: section.anchor
            ? `${page.location}#${section.anchor}`
            : page.location,
          title: section.title || page.title || site.name,
          text: section.text,
        })),
      );
    }
    for (const asset of site.assets) {
      const target = path.join(outputDir, asset);
      await fs.mkdir(path.dirname(target), { recursive: true });
      await fs.copyFile(path.join(site.docsDir, asset), target);
      files.push(asset);
    }
    const stylesheet = `assets/stylesheets/${STYLESHEET_NAME}`;
    await write(path.join(outputDir, stylesheet), STYLESHEET);
    await write(
      path.join(outputDir, 'search/search_index.json'),
      JSON.stringify({ config: { lang: ['en'] }, docs: searchDocs }),
    );
    files.push(stylesheet, 'search/search_index.json');
    await write(
      path.join(outputDir, 'techdocs_metadata.json'),
      JSON.stringify({
        site_name: site.name,
        site_description: site.description ?? '',
        ...(etag && { etag }),
        build_timestamp: Date.now(),
        files: [...files, 'techdocs_metadata.json'],
      }),
    );
    logger.info(`Rendered ${site.pages.length} pages of "${site.name}"`);
  }
}

/** Where a link in a page leads, relative to that page; undefined: as written. */
function locate(
  pages: SitePage[],
  from: SitePage,
  target: string,
): string | undefined {
  const [file, anchor] = target.split('#', 2);
  const source = path.posix.join(path.posix.dirname(from.source), file);
  const page = pages.find(candidate => candidate.source === source);
  const location = page ? page.location : source;
  const relative = path.posix.relative(from.location || '.', location || '.');
  return `${relative || '.'}${page ? '/' : ''}${anchor ? `#${anchor}` : ''}`;
}

async function write(file: string, content: string): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, content);
}
