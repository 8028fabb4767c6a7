import { KubeObject, groupOf } from '../kubernetes/KubeObject';
import { globMatch } from './glob';
import { IgnoreDifference } from './types';

/** A place in an object: keys, indexes, and `*` for every entry. */
type Path = string[];

/**
 * The object without the fields whose differences do not count.
 *
 * @throws Error - a jq expression that is more than a path.
 */
export function withoutIgnored(
  object: KubeObject,
  rules: IgnoreDifference[] | undefined,
): KubeObject {
  const paths = pathsFor(object, rules);
  if (paths.length === 0) {
    return object;
  }
  const copy = structuredClone(object);
  paths.forEach(path => visit(copy, path, (node, key) => remove(node, key)));
  return copy;
}

/** The target with the live value in each field that is ignored, for `RespectIgnoreDifferences`. */
export function withIgnoredFrom(
  live: KubeObject,
  target: KubeObject,
  rules: IgnoreDifference[] | undefined,
): KubeObject {
  const copy = structuredClone(target);
  for (const path of pathsFor(target, rules)) {
    visit(live, path, (node, key, at) => {
      const parent = at.slice(0, -1).reduce<any>((n, k) => n?.[k], copy);
      if (parent && typeof parent === 'object') {
        parent[key] = node[key];
      }
    });
  }
  return copy;
}

function pathsFor(
  object: KubeObject,
  rules: IgnoreDifference[] | undefined,
): Path[] {
  return (rules ?? [])
    .filter(
      rule =>
        globMatch(rule.group ?? '', groupOf(object.apiVersion)) &&
        globMatch(rule.kind, object.kind) &&
        (!rule.name || rule.name === object.metadata.name) &&
        (!rule.namespace || rule.namespace === object.metadata.namespace),
    )
    .flatMap(rule => [
      ...(rule.jsonPointers ?? []).map(pointerPath),
      ...(rule.jqPathExpressions ?? []).map(jqPath),
    ]);
}

function pointerPath(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `.spec.template.spec.containers[].image`, `.metadata.annotations["a/b"]`, `.x[0]`. */
function jqPath(expression: string): Path {
  const tokens = [
    ...expression.matchAll(/\.([A-Za-z_]\w*)|\.?\["([^"]+)"\]|\[(\d*)\]/g),
  ];
  if (tokens.map(([text]) => text).join('') !== expression) {
    throw new Error(
      `error in jqPathExpressions '${expression}': only paths are played, no filters`,
    );
  }
  return tokens.map(
    ([, key, quoted, index]) => key ?? quoted ?? (index || '*'),
  );
}

function visit(
  root: unknown,
  path: Path,
  found: (node: any, key: string, at: Path) => void,
) {
  const step = (node: any, index: number, at: Path) => {
    if (!node || typeof node !== 'object') {
      return;
    }
    const keys = path[index] === '*' ? Object.keys(node) : [path[index]];
    for (const key of keys.filter(k => k in node)) {
      if (index === path.length - 1) {
        found(node, key, [...at, key]);
      } else {
        step(node[key], index + 1, [...at, key]);
      }
    }
  };
  if (path.length > 0) {
    step(root, 0, []);
  }
}

function remove(node: any, key: string) {
  if (Array.isArray(node)) {
    node.splice(Number(key), 1);
  } else {
    delete node[key];
  }
}
