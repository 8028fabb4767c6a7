import { parseEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { isDeployed, RepositoryComponent } from './types';
import { yamlText } from './yamlText';

/** Indented with something else than two spaces, by language. */
const INDENTATION: Record<string, string[]> = {
  go: ['[*.go]', 'indent_style = tab'],
  python: ['[*.py]', 'indent_size = 4'],
  rust: ['[*.rs]', 'indent_size = 4'],
};

/**
 * `.github/CODEOWNERS`: the owner is asked to review everything.
 *
 * @throws InputError - the owner's name cannot be one on a Git host.
 */
export function renderCodeowners({
  githubOrg,
  owner,
}: Pick<RepositoryComponent, 'githubOrg' | 'owner'>): string {
  const { kind, name } = parseEntityRef(owner);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw new InputError(
      `The owner ${owner} cannot be a code owner: its name is none on a Git host`,
    );
  }
  return kind.toLowerCase() === 'user'
    ? `* @${name}\n`
    : `* @${githubOrg}/${name}\n`;
}

/**
 * `.github/dependabot.yml`: weekly, small updates of an ecosystem together.
 *
 * @see https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference
 */
export function renderDependabot(component: RepositoryComponent): string {
  const ecosystems = new Set([
    ...component.ecosystems,
    ...(isDeployed(component) ? ['docker'] : []),
    'github-actions',
  ]);
  return yamlText({
    version: 2,
    updates: [...ecosystems].map(ecosystem => ({
      'package-ecosystem': ecosystem,
      directory: '/',
      schedule: { interval: 'weekly' },
      groups: { small: { 'update-types': ['minor', 'patch'] } },
    })),
  });
}

/** `.editorconfig`. @see https://editorconfig.org */
export function renderEditorconfig({
  language,
}: Pick<RepositoryComponent, 'language'>): string {
  return `${[
    [
      'root = true',
      '',
      '[*]',
      'charset = utf-8',
      'end_of_line = lf',
      'indent_style = space',
      'indent_size = 2',
      'insert_final_newline = true',
      'trim_trailing_whitespace = true',
    ],
    ...(INDENTATION[language] ? [INDENTATION[language]] : []),
    ['[Makefile]', 'indent_style = tab'],
    ['[*.md]', 'trim_trailing_whitespace = false'],
  ]
    .map(section => section.join('\n'))
    .join('\n\n')}\n`;
}
