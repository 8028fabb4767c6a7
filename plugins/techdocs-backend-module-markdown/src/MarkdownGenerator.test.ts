import {
  createMockDirectory,
  MockDirectoryContent,
  mockServices,
} from '@backstage/backend-test-utils';
import { MarkdownGenerator } from './MarkdownGenerator';

const input = createMockDirectory();
const output = createMockDirectory();

async function generate(files: MockDirectoryContent) {
  input.setContent(files);
  output.setContent({});
  const generator = new MarkdownGenerator({
    config: mockServices.rootConfig({ data: { techdocs: {} } }),
    logger: mockServices.logger.mock(),
  });
  await generator.run({
    inputDir: input.path,
    outputDir: output.path,
    etag: 'abc',
    logger: mockServices.logger.mock() as never,
  });
  return output.content() as any;
}

const MKDOCS = `site_name: Ledger
site_description: Keeps the books
plugins: [techdocs-core]
nav:
  - Home: index.md
  - Operate:
      - Runbook: operate/runbook.md
`;

describe('MarkdownGenerator', () => {
  it('renders the pages that the navigation names, with metadata and a search index', async () => {
    const site = await generate({
      'mkdocs.yml': MKDOCS,
      docs: {
        'index.md':
          '# Ledger\n\nSee the [runbook](operate/runbook.md#restart).\n\n## Scope\n\nMoney.\n',
        'diagram.svg': '<svg/>',
        operate: {
          'runbook.md':
            '# Runbook\n\n## Restart\n\n```sh\nmake up\n```\n\n[Back](../index.md)\n',
        },
      },
    });
    expect(site['index.html']).toContain('href="operate/runbook/#restart"');
    expect(site['index.html']).toContain('<title>Home - Ledger</title>');
    expect(site.operate.runbook['index.html']).toContain('href="../../"');
    expect(site.operate.runbook['index.html']).toContain(
      'md-nav__link--active',
    );
    expect(site['diagram.svg']).toBe('<svg/>');
    const metadata = JSON.parse(site['techdocs_metadata.json']);
    expect(metadata).toMatchObject({
      site_name: 'Ledger',
      site_description: 'Keeps the books',
      etag: 'abc',
    });
    expect(metadata.files).toContain('operate/runbook/index.html');
    expect(JSON.parse(site.search['search_index.json']).docs).toContainEqual({
      location: '#scope',
      title: 'Scope',
      text: 'Money.',
    });
  });

  it('works without mkdocs.yml', async () => {
    const site = await generate({ docs: { 'index.md': '# Hello' } });
    expect(site['index.html']).toContain('Hello');
  });

  it('F53 shows raw HTML as text and drops script links', async () => {
    const site = await generate({
      docs: {
        'index.md':
          '<script>alert(1)</script>\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)>',
      },
    });
    const article = /<article[\s\S]*<\/article>/.exec(site['index.html'])![0];
    expect(article).toContain('&lt;script&gt;');
    expect(article).not.toMatch(/<script|<img|href="javascript/);
  });

  it('names the page that is missing', async () => {
    await expect(
      generate({ 'mkdocs.yml': MKDOCS, docs: { 'index.md': '# Ledger' } }),
    ).rejects.toThrow('"operate/runbook.md"');
  });

  it('refuses a docs folder outside the documentation', async () => {
    await expect(
      generate({ 'mkdocs.yml': 'docs_dir: ../..\n', docs: { 'index.md': '' } }),
    ).rejects.toThrow('leads outside');
  });
});
