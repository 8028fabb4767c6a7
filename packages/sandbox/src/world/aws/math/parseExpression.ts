import jsep from 'jsep';
import { ExpressionError } from './MathValue';

/** The kinds of nodes that metric math has. */
export type MathNode =
  | { type: 'Literal'; value: number | string | boolean }
  | { type: 'Identifier'; name: string }
  | { type: 'ArrayExpression'; elements: MathNode[] }
  | { type: 'UnaryExpression'; operator: string; argument: MathNode }
  | {
      type: 'BinaryExpression' | 'LogicalExpression';
      operator: string;
      left: MathNode;
      right: MathNode;
    }
  | { type: 'CallExpression'; callee: MathNode; arguments: MathNode[] };

const KNOWN = [
  'Literal',
  'Identifier',
  'ArrayExpression',
  'UnaryExpression',
  'BinaryExpression',
  'LogicalExpression',
  'CallExpression',
];
// Quoted texts are left as they are.
const PARTS = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/;

/**
 * Reads a metric math expression. CloudWatch writes powers as `^` and also
 * knows `AND` and `OR`; for the rest it is what everybody writes.
 *
 * @throws ExpressionError - it is malformed or has something that metric math has not.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function parseExpression(text: string): MathNode {
  const plain = text
    .split(PARTS)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part
            .replace(/\^/g, '**')
            .replace(/\bAND\b/g, '&&')
            .replace(/\bOR\b/g, '||'),
    )
    .join('');
  let parsed: jsep.Expression;
  try {
    parsed = jsep(plain);
  } catch (error) {
    throw new ExpressionError(
      `Syntax error: ${(error as Error).message.replace(/\*\*/g, '^')}`,
    );
  }
  checkNode(parsed);
  return parsed as unknown as MathNode;
}

function checkNode(node: jsep.Expression): void {
  if (!KNOWN.includes(node.type)) {
    throw new ExpressionError(`Syntax error: ${node.type} is no metric math`);
  }
  for (const child of Object.values(node)) {
    for (const item of Array.isArray(child) ? child : [child]) {
      if (item && typeof item === 'object' && 'type' in item) {
        checkNode(item as jsep.Expression);
      }
    }
  }
}
