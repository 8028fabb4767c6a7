import { MetricId } from '../MetricStore';
import { ExpressionError } from './MathValue';

type Matcher = (metric: MetricId) => boolean;

const SCHEMA = /^\s*\{([^}]*)\}/;
const TOKENS = /\(|\)|[\w./:-]+\s*=|"(?:[^"\\]|\\.)*"|[^\s()"]+/g;
const MOST_FOUND = 100;

/**
 * Metrics that a search expression finds, at most 100, such as
 * `{AWS/RDS,DBClusterIdentifier} MetricName="CPUUtilization" prod`.
 *
 * Terms are joined by AND unless OR stands between; NOT and brackets do what
 * they say. A term in quotes is a whole name or value, one without is matched by
 * its words.
 *
 * @throws ExpressionError - it is malformed.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
export function searchMetrics(
  pattern: string,
  metrics: MetricId[],
): MetricId[] {
  const schema = SCHEMA.exec(pattern);
  const matchesSchema = schema ? schemaMatcher(schema[1]) : () => true;
  const rest = pattern.slice(schema?.[0].length ?? 0);
  const tokens = rest.match(TOKENS) ?? [];
  const matchesTerms = tokens.length > 0 ? readTerms(tokens) : () => true;
  return metrics
    .filter(metric => matchesSchema(metric) && matchesTerms(metric))
    .slice(0, MOST_FOUND);
}

/** `Namespace, Dimension, "Other Dimension"`: exactly these dimensions. */
function schemaMatcher(text: string): Matcher {
  const [namespace, ...names] = text
    .split(',')
    .map(part => unquote(part.trim()))
    .filter(Boolean);
  const wanted = names.sort().join('\n');
  return metric =>
    metric.namespace === namespace &&
    (names.length === 0 && !text.includes(',')
      ? true
      : Object.keys(metric.dimensions).sort().join('\n') === wanted);
}

function readTerms(tokens: string[]): Matcher {
  let at = 0;

  function either(): Matcher {
    const parts = [all()];
    while (tokens[at] === 'OR') {
      at += 1;
      parts.push(all());
    }
    return metric => parts.some(matches => matches(metric));
  }

  function all(): Matcher {
    const parts = [single()];
    while (at < tokens.length && tokens[at] !== 'OR' && tokens[at] !== ')') {
      if (tokens[at] === 'AND') {
        at += 1;
      }
      parts.push(single());
    }
    return metric => parts.every(matches => matches(metric));
  }

  function single(): Matcher {
    const token = tokens[at];
    at += 1;
    if (token === undefined || token === ')') {
      throw new ExpressionError('SEARCH: a term is missing');
    }
    if (token === 'NOT') {
      const matches = single();
      return metric => !matches(metric);
    }
    if (token === '(') {
      return inBrackets(either);
    }
    if (token.endsWith('=')) {
      return keyed(token.slice(0, -1).trim());
    }
    return term(token, everything);
  }

  function inBrackets(read: () => Matcher): Matcher {
    const matches = read();
    if (tokens[at] !== ')') {
      throw new ExpressionError('SEARCH: a bracket is not closed');
    }
    at += 1;
    return matches;
  }

  function keyed(key: string): Matcher {
    const read = reader(key);
    const value = tokens[at];
    at += 1;
    if (value !== '(') {
      return term(value ?? '', read);
    }
    const parts: Matcher[] = [];
    while (at < tokens.length && tokens[at] !== ')') {
      if (tokens[at] !== 'OR') {
        parts.push(term(tokens[at], read));
      }
      at += 1;
    }
    return inBrackets(() => metric => parts.some(matches => matches(metric)));
  }

  const result = either();
  if (at < tokens.length) {
    throw new ExpressionError(`SEARCH: unexpected ${tokens[at]}`);
  }
  return result;
}

function everything({ namespace, name, dimensions }: MetricId): string[] {
  return [namespace, name, ...Object.entries(dimensions).flat()];
}

function reader(key: string): (metric: MetricId) => string[] {
  if (key === 'MetricName') {
    return ({ name }) => [name];
  }
  if (key === 'Namespace') {
    return ({ namespace }) => [namespace];
  }
  return ({ dimensions }) => (key in dimensions ? [dimensions[key]] : []);
}

function term(token: string, read: (metric: MetricId) => string[]): Matcher {
  if (token.startsWith('"')) {
    const exact = unquote(token);
    return metric => read(metric).includes(exact);
  }
  const wanted = wordsOf(token);
  return metric =>
    read(metric).some(text => {
      const words = wordsOf(text);
      return wanted.every(word => words.includes(word));
    });
}

/** `FreeableMemory` and `freeable-memory` have the same words. */
function wordsOf(text: string): string[] {
  const plain = text.replace(/([a-z0-9])([A-Z])/g, '$1 $2');
  return plain
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .concat(text.split(/[^A-Za-z0-9]+/))
    .map(word => word.toLocaleLowerCase('en-US'));
}

function unquote(text: string): string {
  return text.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1');
}
