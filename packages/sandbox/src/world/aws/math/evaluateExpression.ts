import {
  ExpressionError,
  many,
  mapSeries,
  MathValue,
  one,
  scalar,
  TimeSeries,
  zipSeries,
} from './MathValue';
import { MATH_FUNCTIONS } from './functions';
import { MathNode } from './parseExpression';

/** What an expression stands in. */
export interface MathScope {
  /** What another query of the call comes to. @throws ExpressionError - there is none. */
  valueOf(id: string): MathValue;
  /** All metrics of the call; with a text, those whose id has it. */
  metrics(part: string | undefined): TimeSeries[];
  /** Starts of all periods of the range. */
  timesOf(periodSeconds: number): number[];
  /** Period of the query that the expression is. */
  periodSeconds: number;
  search(
    pattern: string,
    statistic: string,
    periodSeconds: number,
  ): TimeSeries[];
}

type Operator = (a: number, b: number) => number;

const truth = (is: boolean) => (is ? 1 : 0);

const OPERATORS: Record<string, Operator> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '**': (a, b) => a ** b,
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
  '&&': (a, b) => truth(a !== 0 && b !== 0),
  '||': (a, b) => truth(a !== 0 || b !== 0),
};

/** Words that some functions take, such as `FILL(m1, REPEAT)`. */
const WORDS = ['REPEAT', 'LINEAR', 'ASC', 'DESC', 'AVG', 'MIN', 'MAX', 'SUM'];

/**
 * What an expression comes to.
 *
 * @throws ExpressionError - unknown ids, functions or operators, or operands that do not go together.
 */
export function evaluateExpression(
  node: MathNode,
  scope: MathScope,
): MathValue {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string'
        ? { kind: 'text', text: node.value }
        : scalar(Number(node.value));
    case 'Identifier':
      return WORDS.includes(node.name)
        ? { kind: 'text', text: node.name }
        : scope.valueOf(node.name);
    case 'ArrayExpression':
      return many(
        node.elements.flatMap(element =>
          seriesOf(evaluateExpression(element, scope)),
        ),
      );
    case 'UnaryExpression':
      return negate(node.operator, evaluateExpression(node.argument, scope));
    case 'CallExpression':
      return call(node, scope);
    default:
      return combine(
        node.operator,
        evaluateExpression(node.left, scope),
        evaluateExpression(node.right, scope),
      );
  }
}

function call(
  node: Extract<MathNode, { type: 'CallExpression' }>,
  scope: MathScope,
): MathValue {
  const name = node.callee.type === 'Identifier' ? node.callee.name : '';
  const run = Object.hasOwn(MATH_FUNCTIONS, name)
    ? MATH_FUNCTIONS[name]
    : undefined;
  if (!run) {
    throw new ExpressionError(`Unknown function: ${name || '(none)'}`);
  }
  return run(
    node.arguments.map(argument => evaluateExpression(argument, scope)),
    scope,
  );
}

function seriesOf(value: MathValue): TimeSeries[] {
  if (value.kind === 'series') {
    return [value.series];
  }
  if (value.kind === 'array') {
    return value.items;
  }
  throw new ExpressionError('An array holds time series only');
}

function negate(operator: string, value: MathValue): MathValue {
  switch (operator) {
    case '-':
      return applyTo(value, x => -x);
    case '!':
      return applyTo(value, x => truth(x === 0));
    default:
      throw new ExpressionError(`Unsupported operator ${operator}`);
  }
}

/** Changes every number of a value. */
export function applyTo(
  value: MathValue,
  change: (value: number, atMs: number) => number,
): MathValue {
  switch (value.kind) {
    case 'scalar':
      return scalar(change(value.value, 0));
    case 'series':
      return one(mapSeries(value.series, change));
    case 'array':
      return many(value.items.map(item => mapSeries(item, change)));
    default:
      throw new ExpressionError('Unsupported operand type: String');
  }
}

function combine(name: string, left: MathValue, right: MathValue): MathValue {
  const operator = OPERATORS[name];
  if (!operator) {
    throw new ExpressionError(`Unsupported operator ${name}`);
  }
  if (left.kind === 'text' || right.kind === 'text') {
    throw new ExpressionError(
      `Unsupported operand type(s) for ${name.replace('**', '^')}: String`,
    );
  }
  if (right.kind === 'scalar') {
    const { value } = right;
    return applyTo(left, item => operator(item, value));
  }
  if (left.kind === 'scalar') {
    const { value } = left;
    return applyTo(right, item => operator(value, item));
  }
  if (left.kind === 'series' && right.kind === 'series') {
    return one(zipSeries(left.series, right.series, operator));
  }
  if (left.kind === 'array' && right.kind === 'array') {
    if (left.items.length !== right.items.length) {
      throw new ExpressionError(
        `Unsupported operand type(s) for ${name}: arrays of ${left.items.length} and ${right.items.length} time series`,
      );
    }
    return many(
      left.items.map((item, index) =>
        zipSeries(item, right.items[index], operator),
      ),
    );
  }
  return left.kind === 'array'
    ? many(
        left.items.map(item =>
          zipSeries(item, (right as { series: TimeSeries }).series, operator),
        ),
      )
    : many(
        (right as { items: TimeSeries[] }).items.map(item =>
          zipSeries((left as { series: TimeSeries }).series, item, operator),
        ),
      );
}
