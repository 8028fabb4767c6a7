import { World } from '../types';
import { readTree } from './gitObjects';
import { GithubRepository } from './githubTypes';

/** A language, with GitHub's colour for it. */
export interface Language {
  name: string;
  color: string;
  bytes: number;
}

/** By ending of the file, or by its whole name. What Linguist takes for data or prose is not counted. */
const LANGUAGES: Record<string, [name: string, color: string]> = {
  go: ['Go', '#00ADD8'],
  rs: ['Rust', '#dea584'],
  ts: ['TypeScript', '#3178c6'],
  tsx: ['TypeScript', '#3178c6'],
  js: ['JavaScript', '#f1e05a'],
  jsx: ['JavaScript', '#f1e05a'],
  mjs: ['JavaScript', '#f1e05a'],
  py: ['Python', '#3572A5'],
  java: ['Java', '#b07219'],
  rb: ['Ruby', '#701516'],
  sh: ['Shell', '#89e051'],
  tf: ['HCL', '#844FBA'],
  hcl: ['HCL', '#844FBA'],
  css: ['CSS', '#663399'],
  html: ['HTML', '#e34c26'],
  Dockerfile: ['Dockerfile', '#384d54'],
  Makefile: ['Makefile', '#427819'],
};

/**
 * Languages of the default branch, most bytes first.
 *
 * @see https://github.com/github-linguist/linguist
 */
export async function languagesOf(
  world: World,
  repository: GithubRepository,
): Promise<Language[]> {
  const head = await world.git.resolve(
    repository.fullName,
    `refs/heads/${repository.defaultBranch}`,
  );
  const files = head
    ? await readTree(world, repository, head, { recursive: true })
    : undefined;
  const sums = new Map<string, Language>();
  for (const { path, size } of files ?? []) {
    const name = path.split('/').pop()!;
    const key = name.includes('.') ? name.split('.').pop()! : name;
    const language = Object.hasOwn(LANGUAGES, key) ? LANGUAGES[key] : undefined;
    if (language && size) {
      const sum = sums.get(language[0]) ?? {
        name: language[0],
        color: language[1],
        bytes: 0,
      };
      sum.bytes += size;
      sums.set(sum.name, sum);
    }
  }
  return [...sums.values()].sort((a, b) => b.bytes - a.bytes);
}
