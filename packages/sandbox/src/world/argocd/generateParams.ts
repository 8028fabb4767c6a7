import { parse } from 'yaml';
import { GitStore } from '../types';
import { ArgocdError } from './ArgocdError';
import { Generator, Params } from './applicationSetTypes';
import { globMatch } from './glob';
import { DestinationCluster } from './projects';
import { repositoryOf } from './sources';

/** Where generators look. */
export interface GeneratorContext {
  git: Pick<GitStore, 'has' | 'resolve' | 'listFiles' | 'readFile'>;
  clusters(): DestinationCluster[];
}

const invalid = (message: string) =>
  new ArgocdError('InvalidArgument', message);

/**
 * The parameters that a generator gives, one entry for each application: list,
 * clusters, git directories, git files, matrix and merge.
 *
 * @throws ArgocdError - a generator that is not one of these, or is not complete.
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators/
 */
export async function generateParams(
  generator: Generator,
  context: GeneratorContext,
  given: Params = {},
): Promise<Params[]> {
  const { selector, ...rest } = generator;
  // Inside a matrix, later generators may use what earlier ones gave.
  const one = fillIn(rest, given) as Generator;
  const params = await paramsOf(one, context, given);
  return params.filter(entry =>
    Object.entries(selector?.matchLabels ?? {}).every(
      ([key, value]) => entry[key] === value,
    ),
  );
}

/** Replaces `{{name}}` in every text of a value; what is not known stays. */
export function fillIn(value: unknown, params: Params): unknown {
  if (typeof value === 'string') {
    return value.replace(
      /\{\{\s*([^{}]+?)\s*\}\}/g,
      (whole, name) => params[name] ?? whole,
    );
  }
  if (Array.isArray(value)) {
    return value.map(entry => fillIn(entry, params));
  }
  return value && typeof value === 'object'
    ? Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
          String(fillIn(key, params)),
          fillIn(inner, params),
        ]),
      )
    : value;
}

async function paramsOf(
  generator: Generator,
  context: GeneratorContext,
  given: Params,
): Promise<Params[]> {
  const { list, clusters, git, matrix, merge } = generator;
  if (list) {
    const more = list.elementsYaml ? parse(list.elementsYaml) : [];
    return [...(list.elements ?? []), ...more].map(element => flatten(element));
  }
  if (clusters) {
    return context.clusters().map(({ name, server }) => {
      const params = { name, nameNormalized: normalize(name), server };
      return { ...params, ...valuesOf(clusters.values, params) };
    });
  }
  if (git) {
    return gitParams(git, context);
  }
  if (matrix) {
    return matrixParams(matrix.generators, context, given);
  }
  if (merge) {
    return mergeParams(merge, context, given);
  }
  throw invalid(
    `generators ${Object.keys(generator).join(
      ', ',
    )} are not played; there are list, clusters, git, matrix and merge`,
  );
}

async function gitParams(
  source: NonNullable<Generator['git']>,
  { git }: GeneratorContext,
): Promise<Params[]> {
  const repository = repositoryOf(source.repoURL);
  const revision = source.revision || 'HEAD';
  if (!git.has(repository)) {
    throw new ArgocdError(
      'Unknown',
      `error getting ${
        source.files ? 'files' : 'directories'
      } from repo: repository not found: ${source.repoURL}`,
    );
  }
  const sha = await git.resolve(repository, revision);
  if (!sha) {
    throw new ArgocdError(
      'Unknown',
      `unable to resolve '${revision}' to a commit SHA`,
    );
  }
  const files = await git.listFiles(repository, sha);
  const chosen = (
    paths: string[],
    patterns: Array<{ path: string; exclude?: boolean }>,
  ) =>
    paths.filter(
      path =>
        patterns.some(p => !p.exclude && globMatch(p.path, path, '/')) &&
        !patterns.some(p => p.exclude && globMatch(p.path, path, '/')),
    );
  const prefix = source.pathParamPrefix ? `${source.pathParamPrefix}.` : '';
  if (source.files) {
    const found: Params[] = [];
    for (const file of chosen(files, source.files)) {
      const content = parse((await git.readFile(repository, sha, file)) ?? '');
      for (const entry of Array.isArray(content) ? content : [content]) {
        const params = {
          ...flatten(entry),
          ...pathParams(file.split('/').slice(0, -1).join('/'), prefix),
          [`${prefix}path.filename`]: file.split('/').at(-1)!,
          [`${prefix}path.filenameNormalized`]: normalize(
            file.split('/').at(-1)!,
          ),
        };
        found.push({ ...params, ...valuesOf(source.values, params) });
      }
    }
    return found;
  }
  if (!source.directories) {
    throw invalid('git generator needs directories or files');
  }
  const folders = new Set(
    files.flatMap(file => {
      const parts = file.split('/').slice(0, -1);
      return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    }),
  );
  return chosen([...folders].sort(), source.directories).map(folder => {
    const params = pathParams(folder, prefix);
    return { ...params, ...valuesOf(source.values, params) };
  });
}

async function matrixParams(
  generators: Generator[],
  context: GeneratorContext,
  given: Params,
): Promise<Params[]> {
  if (generators?.length !== 2) {
    throw invalid(
      `found ${generators?.length ?? 0} generators, a matrix has two`,
    );
  }
  const result: Params[] = [];
  for (const first of await generateParams(generators[0], context, given)) {
    const both = { ...given, ...first };
    for (const second of await generateParams(generators[1], context, both)) {
      result.push({ ...first, ...second });
    }
  }
  return result;
}

async function mergeParams(
  { mergeKeys, generators }: NonNullable<Generator['merge']>,
  context: GeneratorContext,
  given: Params,
): Promise<Params[]> {
  if (!mergeKeys?.length || !(generators?.length >= 2)) {
    throw invalid('a merge needs mergeKeys and two generators or more');
  }
  const keyOf = (params: Params) =>
    JSON.stringify(mergeKeys.map(key => params[key]));
  const [base, ...others] = await Promise.all(
    generators.map(generator => generateParams(generator, context, given)),
  );
  const merged = new Map(base.map(params => [keyOf(params), params]));
  for (const params of others.flat()) {
    const key = keyOf(params);
    // What the first generator does not have is left out.
    if (merged.has(key)) {
      merged.set(key, { ...merged.get(key), ...params });
    }
  }
  return [...merged.values()];
}

/** `a.b` for nested fields, `a.0` for entries of a list. */
function flatten(value: unknown, prefix = ''): Params {
  if (value === null || value === undefined) {
    return {};
  }
  if (typeof value !== 'object') {
    return { [prefix]: String(value) };
  }
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) =>
      flatten(inner, prefix ? `${prefix}.${key}` : key),
    ),
  );
}

function pathParams(path: string, prefix: string): Params {
  const parts = path.split('/');
  const basename = parts.at(-1)!;
  return {
    [`${prefix}path`]: path,
    [`${prefix}path.basename`]: basename,
    [`${prefix}path.basenameNormalized`]: normalize(basename),
    ...Object.fromEntries(
      parts.map((part, index) => [`${prefix}path[${index}]`, part]),
    ),
  };
}

function valuesOf(values: Params | undefined, params: Params): Params {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([key, value]) => [
      `values.${key}`,
      String(fillIn(value, params)),
    ]),
  );
}

/** As a name in Kubernetes may be. */
function normalize(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^-a-z0-9.]/g, '-')
    .slice(0, 253)
    .replace(/^[-.]+|[-.]+$/g, '');
}
