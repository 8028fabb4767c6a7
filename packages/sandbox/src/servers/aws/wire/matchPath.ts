import { HttpBinding } from './ServiceModel';

/** Labels of a path template and the (still encoded) text that stands in their place. */
export type PathLabels = Record<string, string>;

interface PathPattern {
  expression: RegExp;
  labels: string[];
  /** What must stand in the query string. */
  query: Array<[string, string]>;
  /** Higher is more specific; a literal segment beats a label, a label a greedy one. */
  weight: string;
}

const patterns = new Map<string, PathPattern>();

const escapeExpression = (text: string) =>
  text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function compile(template: string): PathPattern {
  const [path, query] = template.split('?');
  const labels: string[] = [];
  let weight = '';
  const expression = path
    .split('/')
    .slice(1)
    .map(segment => {
      const label = /^\{([^}+]+)(\+?)\}$/.exec(segment);
      if (!label) {
        weight += '3';
        return escapeExpression(segment);
      }
      labels.push(label[1]);
      weight += label[2] ? '1' : '2';
      return label[2] ? '(.+)' : '([^/]+)';
    })
    .join('/');
  return {
    expression: new RegExp(`^/${expression}/?$`),
    labels,
    query: [...new URLSearchParams(query)],
    weight,
  };
}

function patternOf(template: string): PathPattern {
  let pattern = patterns.get(template);
  if (!pattern) {
    pattern = compile(template);
    patterns.set(template, pattern);
  }
  return pattern;
}

/**
 * The labels of a request that a binding stands for; undefined when the request
 * is not for it. Labels come decoded; a greedy one (`{key+}`) may span slashes.
 *
 * @throws URIError - a label is not percent-encoded text.
 * @see https://smithy.io/2.0/spec/http-bindings.html#uri
 */
export function matchPath(
  binding: HttpBinding,
  request: { method: string; url: string },
): PathLabels | undefined {
  if (binding.method !== request.method) {
    return undefined;
  }
  const { expression, labels, query } = patternOf(binding.path);
  const [path, queryText] = request.url.split('?');
  const match = expression.exec(path);
  if (!match) {
    return undefined;
  }
  const given = new URLSearchParams(queryText);
  if (
    query.some(([name, value]) =>
      value ? given.get(name) !== value : !given.has(name),
    )
  ) {
    return undefined;
  }
  return Object.fromEntries(
    labels.map((label, index) => [label, decodeURIComponent(match[index + 1])]),
  );
}

/** Orders bindings so that the first that matches is the most specific. */
export function compareSpecificity(a: HttpBinding, b: HttpBinding): number {
  const [one, other] = [patternOf(a.path), patternOf(b.path)];
  return (
    other.query.length - one.query.length ||
    (one.weight < other.weight ? 1 : -1)
  );
}
