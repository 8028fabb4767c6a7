/** One requirement of a selector. */
interface Requirement {
  key: string;
  operator: 'in' | 'notin' | 'exists' | 'absent';
  values: string[];
}

const KEY = '[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?';
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s+\\(([^()]*)\\)$`);
const EQUAL = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([A-Za-z0-9._-]*)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);

/**
 * A Kubernetes label selector as a predicate on labels; an empty one selects
 * everything.
 *
 * @throws Error - it cannot be parsed; the message says where.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function parseLabelSelector(
  selector: string | undefined,
): (labels: Record<string, string> | undefined) => boolean {
  const requirements = split(selector ?? '').map(parseRequirement);
  return labels => requirements.every(r => satisfies(r, labels ?? {}));
}

function satisfies(
  { key, operator, values }: Requirement,
  labels: Record<string, string>,
): boolean {
  const has = Object.hasOwn(labels, key);
  switch (operator) {
    case 'exists':
      return has;
    case 'absent':
      return !has;
    case 'in':
      return has && values.includes(labels[key]);
    default:
      return !has || !values.includes(labels[key]);
  }
}

function parseRequirement(text: string): Requirement {
  const set = text.match(SET);
  if (set) {
    return {
      key: set[1],
      operator: set[3] as 'in' | 'notin',
      values: set[4].split(',').map(value => value.trim()),
    };
  }
  const equal = text.match(EQUAL);
  if (equal) {
    return {
      key: equal[1],
      operator: equal[3] === '!=' ? 'notin' : 'in',
      values: [equal[4]],
    };
  }
  const exists = text.match(EXISTS);
  if (exists) {
    return {
      key: exists[2],
      operator: exists[1] ? 'absent' : 'exists',
      values: [],
    };
  }
  throw new Error(`unable to parse requirement: "${text}"`);
}

/** At commas outside parentheses. */
function split(selector: string): string[] {
  return selector
    .split(/,(?![^()]*\))/)
    .map(part => part.trim())
    .filter(Boolean);
}
