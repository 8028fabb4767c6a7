import { parseAllDocuments } from 'yaml';
import { RenderedFile } from './startRenderer';

const EVERYWHERE = [
  '.editorconfig',
  '.github/CODEOWNERS',
  '.github/dependabot.yml',
  '.github/workflows/ci.yml',
  '.gitignore',
  'Makefile',
  'README.md',
  'catalog-info.yaml',
  'docs/index.md',
  'mkdocs.yml',
];

const DEPLOYED = [
  '.dockerignore',
  '.github/workflows/deliver.yml',
  'Dockerfile',
  'docs/runbook.md',
  'observability/alerts.yaml',
  'observability/dashboard.json',
];

/** Which files a new repository lacks. */
export function checkFilesPresent(
  files: RenderedFile[],
  without: string[],
): string[] {
  const paths = files.map(({ path }) => path);
  const info = files.find(({ path }) => path === 'catalog-info.yaml');
  const component = parseAllDocuments(info?.content.toString('utf8') ?? '')
    .map(document => document.toJS())
    .find(entity => entity?.kind === 'Component');
  const wanted = [
    ...EVERYWHERE,
    ...(component?.spec?.type === 'library' ? [] : DEPLOYED),
  ];
  return wanted
    .filter(path => !paths.includes(path) && !without.includes(path))
    .map(path => `${path} is missing`);
}
