import { World } from '../types';
import { GithubRepository } from './githubTypes';

/** One line of a CODEOWNERS file. */
export interface CodeOwnersRule {
  pattern: string;
  /** Logins, `org/team` slugs, or e-mail addresses, without the `@` in front. */
  owners: string[];
}

/** Where GitHub looks, in this order; the first file counts. */
const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** Rules of a CODEOWNERS file, in the order of the file; lines that GitHub does not understand are left out. */
export function parseCodeOwners(content: string): CodeOwnersRule[] {
  return content.split('\n').flatMap(line => {
    const text = line.replace(/(^|\s)#.*$/, '').trim();
    if (!text) {
      return [];
    }
    const [pattern, ...owners] = text
      .split(/(?<!\\)\s+/)
      .map(part => part.replace(/\\([\s#])/g, '$1'));
    // Unlike .gitignore: no negation, no character ranges.
    if (
      /^!|\[/.test(pattern) ||
      owners.some(owner => !/^@?[^@\s]+(@[^@\s]+)?$/.test(owner))
    ) {
      return [];
    }
    return [{ pattern, owners: owners.map(owner => owner.replace(/^@/, '')) }];
  });
}

/**
 * Owners of a file: those of the last rule that matches. A rule without owners
 * leaves its files without any.
 *
 * @see https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export function ownersOf(rules: CodeOwnersRule[], path: string): string[] {
  for (let index = rules.length - 1; index >= 0; index -= 1) {
    if (matches(rules[index].pattern, path)) {
      return rules[index].owners;
    }
  }
  return [];
}

function matches(pattern: string, path: string): boolean {
  const folder = pattern.endsWith('/');
  const body = pattern.replace(/^\//, '').replace(/\/$/, '');
  const anchored = pattern.startsWith('/') || body.includes('/');
  const expression = body
    .split(/(\*\*\/|\/\*\*|\*\*|\*|\?)/)
    .map(part => {
      switch (part) {
        case '**/':
          return '(?:.*/)?';
        case '/**':
          return '/.*';
        case '**':
          return '.*';
        case '*':
          return '[^/]*';
        case '?':
          return '[^/]';
        default:
          return part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
      }
    })
    .join('');
  // `docs/*` names the files of a folder, not those below; `docs` and `docs/` all of them.
  const below = /\/\*$/.test(body) ? '' : '(?:/.*)?';
  const tail = folder ? '/.*' : below;
  return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${expression}${tail}$`).test(
    path,
  );
}

/** The rules that hold at a commit; empty when there is no CODEOWNERS file. */
export async function codeOwnersAt(
  world: Pick<World, 'git'>,
  repository: GithubRepository,
  sha: string,
): Promise<CodeOwnersRule[]> {
  for (const place of PLACES) {
    const content = await world.git.readFile(repository.fullName, sha, place);
    if (content !== undefined) {
      return parseCodeOwners(content);
    }
  }
  return [];
}

/** Logins that an owner stands for; empty for one that nobody knows. */
export function peopleBehind(
  world: Pick<World, 'github'>,
  owner: string,
): string[] {
  if (owner.includes('/')) {
    const [org, slug] = owner.split('/');
    return world.github.team(org, slug)?.members ?? [];
  }
  const account = owner.includes('@')
    ? world.github.accountByEmail(owner)
    : world.github.account(owner);
  return account?.type === 'User' ? [account.login] : [];
}
