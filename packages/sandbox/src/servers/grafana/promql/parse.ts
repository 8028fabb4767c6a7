import { PromqlError, Token, tokenize } from './tokenize';

/** `name="value"`; `=~` and `!~` match the whole value, as RE2 would. */
export interface Matcher {
  label: string;
  matches(value: string): boolean;
}

export type Expression =
  | { kind: 'number'; value: number }
  | {
      kind: 'selector';
      metric?: string;
      matchers: Matcher[];
      /** Present for a range vector. */
      rangeMs?: number;
      offsetMs: number;
    }
  | { kind: 'call'; name: FunctionName; args: Expression[] }
  | {
      kind: 'aggregate';
      op: AggregateName;
      labels: string[];
      without: boolean;
      of: Expression;
    }
  | { kind: 'binary'; op: Operator; left: Expression; right: Expression };

const FUNCTIONS = {
  rate: ['range'],
  irate: ['range'],
  increase: ['range'],
  histogram_quantile: ['number', 'vector'],
} as const;
export type FunctionName = keyof typeof FUNCTIONS;

const AGGREGATES = ['sum', 'avg', 'min', 'max', 'count'] as const;
export type AggregateName = (typeof AGGREGATES)[number];

const PRECEDENCE = {
  '>': 1,
  '<': 1,
  '>=': 1,
  '<=': 1,
  '==': 1,
  '!=': 1,
  '+': 2,
  '-': 2,
  '*': 3,
  '/': 3,
} as const;
export type Operator = keyof typeof PRECEDENCE;

const UNITS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** Deeper than anybody writes. */
const MOST_NESTED = 100;

/**
 * Reads the part of PromQL that is played here: selectors with ranges and
 * offsets, `rate`, `irate`, `increase`, `histogram_quantile`, the aggregations
 * `sum avg min max count`, arithmetic and comparison.
 *
 * @throws PromqlError - anything else, in Prometheus's words.
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/
 */
export function parsePromql(query: string): Expression {
  const tokens = tokenize(query);
  let next = 0;
  let depth = 0;

  const peek = (text: string) => tokens[next]?.text === text;
  const fail = (what: string): never => {
    const at = tokens[next]?.at ?? query.length;
    throw new PromqlError(`1:${at + 1}: parse error: ${what}`);
  };
  const take = (text?: string): Token => {
    const token = tokens[next];
    if (!token) return fail('unexpected end of input');
    if (text !== undefined && token.text !== text) {
      return fail(`unexpected "${token.text}", expected "${text}"`);
    }
    next += 1;
    return token;
  };

  function binary(least: number): Expression {
    let left = primary();
    for (;;) {
      const op = tokens[next]?.text as Operator;
      if (!Object.hasOwn(PRECEDENCE, op ?? '') || PRECEDENCE[op] < least) {
        return left;
      }
      next += 1;
      if (peek('on') || peek('ignoring') || peek('bool')) {
        fail(`"${take().text}" is not played in the sandbox`);
      }
      left = { kind: 'binary', op, left, right: binary(PRECEDENCE[op] + 1) };
    }
  }

  function primary(): Expression {
    depth += 1;
    if (depth > MOST_NESTED) fail('nested too deeply');
    try {
      const token = take();
      if (token.text === '(') {
        const inner = binary(1);
        take(')');
        return inner;
      }
      if (token.text === '-') {
        return {
          kind: 'binary',
          op: '*',
          left: { kind: 'number', value: -1 },
          right: primary(),
        };
      }
      if (token.kind === 'number') {
        return { kind: 'number', value: Number(token.text) };
      }
      if (token.text === '{') {
        next -= 1;
        return selector(undefined);
      }
      if (token.kind !== 'word') {
        next -= 1;
        return fail(`unexpected "${token.text}"`);
      }
      if ((AGGREGATES as readonly string[]).includes(token.text)) {
        return aggregate(token.text as AggregateName);
      }
      if (peek('(')) return call(token);
      return selector(token.text);
    } finally {
      depth -= 1;
    }
  }

  function labels(): string[] {
    const names: string[] = [];
    take('(');
    while (!peek(')')) {
      const token = take();
      if (token.kind !== 'word') fail(`unexpected "${token.text}" in grouping`);
      names.push(token.text);
      if (!peek(')')) take(',');
    }
    take(')');
    return names;
  }

  function aggregate(op: AggregateName): Expression {
    let grouping: { labels: string[]; without: boolean } | undefined;
    const grouped = () => {
      if (peek('by') || peek('without')) {
        const without = take().text === 'without';
        grouping = { labels: labels(), without };
      }
    };
    grouped();
    take('(');
    const of = binary(1);
    take(')');
    if (!grouping) grouped();
    mustBeVector(of, op);
    const { labels: names, without } = grouping ?? {
      labels: [],
      without: false,
    };
    return { kind: 'aggregate', op, labels: names, without, of };
  }

  function call(token: Token): Expression {
    if (!Object.hasOwn(FUNCTIONS, token.text)) {
      next -= 1;
      return fail(`unknown function with name "${token.text}"`);
    }
    const name = token.text as FunctionName;
    const args: Expression[] = [];
    take('(');
    while (!peek(')')) {
      args.push(binary(1));
      if (!peek(')')) take(',');
    }
    take(')');
    const wanted = FUNCTIONS[name];
    if (args.length !== wanted.length) {
      fail(
        `expected ${wanted.length} argument(s) in call to "${name}", got ${args.length}`,
      );
    }
    wanted.forEach((type, index) => {
      const arg = args[index];
      if (type === 'range') {
        if (arg.kind !== 'selector' || arg.rangeMs === undefined) {
          fail(`expected type range vector in call to function "${name}"`);
        }
      } else if (type === 'number') {
        if (arg.kind !== 'number') {
          fail(`expected type scalar in call to function "${name}"`);
        }
      } else {
        mustBeVector(arg, name);
      }
    });
    return { kind: 'call', name, args };
  }

  function mustBeVector(of: Expression, where: string): void {
    if (of.kind === 'selector' && of.rangeMs !== undefined) {
      fail(`expected type instant vector in "${where}", got range vector`);
    }
    if (of.kind === 'number') {
      fail(`expected type instant vector in "${where}", got scalar`);
    }
  }

  function selector(metric: string | undefined): Expression {
    const matchers: Matcher[] = [];
    if (peek('{')) {
      take('{');
      while (!peek('}')) {
        const label = take();
        const op = take();
        const value = take();
        if (
          label.kind !== 'word' ||
          !['=', '!=', '=~', '!~'].includes(op.text) ||
          value.kind !== 'string'
        ) {
          fail(
            `unexpected "${label.text}${op.text}${value.text}" in label matching`,
          );
        }
        matchers.push(matcher(label.text, op.text, unquote(value.text)));
        if (!peek('}')) take(',');
      }
      take('}');
    }
    if (metric === undefined && matchers.every(m => m.matches(''))) {
      fail('vector selector must contain at least one non-empty matcher');
    }
    let rangeMs: number | undefined;
    if (tokens[next]?.kind === 'range') {
      rangeMs = durationMs(take().text.slice(1, -1).trim());
    }
    let offsetMs = 0;
    if (peek('offset')) {
      take();
      offsetMs = durationMs(take().text);
    }
    return { kind: 'selector', metric, matchers, rangeMs, offsetMs };
  }

  const expression = binary(1);
  if (next < tokens.length) fail(`unexpected "${tokens[next].text}"`);
  return expression;
}

/**
 * A duration such as `1h30m`, in milliseconds.
 *
 * @throws PromqlError - it is none, or it is 0.
 */
export function durationMs(text: string): number {
  if (!/^(\d+(ms|[smhdwy]))+$/.test(text)) {
    throw new PromqlError(`not a valid duration string: "${text}"`);
  }
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)];
  const ms = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit],
    0,
  );
  if (ms === 0) throw new PromqlError('duration must be greater than 0');
  return ms;
}

function matcher(label: string, op: string, value: string): Matcher {
  const negated = op.startsWith('!');
  if (op === '=' || op === '!=') {
    return { label, matches: actual => (actual === value) !== negated };
  }
  if (value.length > 1_000 || /\(\?[=!<]|\\\d|[*+}]\)[*+{]/.test(value)) {
    // RE2 has no look-around and no back-references, and never takes long
    throw new PromqlError(
      `error parsing regexp: invalid or unsupported Perl syntax: "${value}"`,
    );
  }
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${value})$`, 's');
  } catch {
    throw new PromqlError(`error parsing regexp: "${value}"`);
  }
  return { label, matches: actual => pattern.test(actual) !== negated };
}

function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(.)/g, (_, c) => ({ n: '\n', t: '\t' }[c as string] ?? c));
}
