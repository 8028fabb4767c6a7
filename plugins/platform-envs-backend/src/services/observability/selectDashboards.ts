import { ObservedDashboard } from '@fairway/plugin-platform-envs-node';
import jsep from 'jsep';

jsep.addBinaryOp('@>', 6);

/** Nobody writes longer ones; a parser should not be fed with what nobody writes. */
const MAX_SELECTOR_CHARACTERS = 2_000;
const MAX_DEPTH = 100;

/** What an expression may name. */
const FIELDS = ['title', 'tags', 'url', 'folderTitle', 'folderUrl'] as const;

type Value = string | number | boolean | RegExp | null | string[];

/**
 * The dashboards that a selector means: those with a tag, when it is a single
 * word, else those for which the expression is true.
 *
 * @throws Error - it is no expression of this kind; the message says why.
 * @see https://github.com/backstage/community-plugins/blob/main/workspaces/grafana/plugins/grafana/docs/dashboards-on-component-page.md
 */
export function selectDashboards<D extends ObservedDashboard>(
  dashboards: D[],
  selector: string,
): D[] {
  if (/^[\w-]+$/.test(selector)) {
    return dashboards.filter(({ tags }) => tags.includes(selector));
  }
  if (selector.length > MAX_SELECTOR_CHARACTERS) {
    throw new Error(`it is over ${MAX_SELECTOR_CHARACTERS} characters long`);
  }
  const expression = jsep(selector);
  return dashboards.filter(d => evaluate(expression, d, 0) === true);
}

function evaluate(
  node: jsep.Expression,
  dashboard: ObservedDashboard,
  depth: number,
): Value {
  if (depth > MAX_DEPTH) throw new Error('it is nested too deeply');
  const of = (part: unknown) =>
    evaluate(part as jsep.Expression, dashboard, depth + 1);
  switch (node.type) {
    case 'Literal':
      return node.value as Value;
    case 'Identifier': {
      const field = FIELDS.find(name => name === node.name);
      if (!field) throw new Error(`there is no field "${node.name}"`);
      return dashboard[field];
    }
    case 'UnaryExpression':
      if (node.operator === '!') return !of(node.argument);
      break;
    case 'BinaryExpression':
      return binary(
        String(node.operator),
        () => of(node.left),
        () => of(node.right),
      );
    default:
  }
  throw new Error(`it may not have a ${node.type}`);
}

function binary(
  operator: string,
  left: () => Value,
  right: () => Value,
): Value {
  switch (operator) {
    case '&&':
      return Boolean(left() && right());
    case '||':
      return Boolean(left() || right());
    case '==':
      return left() === right();
    case '!=':
      return left() !== right();
    case '@>': {
      const list = left();
      if (!Array.isArray(list)) throw new Error('@> needs a list on its left');
      return list.includes(String(right()));
    }
    default:
      throw new Error(`it may not have the operator ${operator}`);
  }
}
