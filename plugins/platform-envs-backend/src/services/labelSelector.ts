import { InputError } from '@backstage/errors';

/** One condition on a label. */
export interface SelectorTerm {
  key: string;
  value: string;
  negated: boolean;
}

/**
 * Reads a Kubernetes label selector of equalities: `a=b,c!=d`.
 *
 * @throws InputError - it says anything else.
 */
export function parseSelector(selector: string): SelectorTerm[] {
  return selector
    .split(',')
    .map(term => term.trim())
    .filter(Boolean)
    .map(term => {
      const match = /^([\w./-]+)\s*(!=|==?)\s*([\w.-]*)$/.exec(term);
      if (!match) {
        throw new InputError(
          `selector: "${term}" is not understood; write label=value or label!=value, separated by commas`,
        );
      }
      return { key: match[1], negated: match[2] === '!=', value: match[3] };
    });
}

/** Whether labels fulfil every condition. */
export function selects(
  terms: SelectorTerm[],
  labels: Record<string, string>,
): boolean {
  return terms.every(
    ({ key, negated, value }) => (labels[key] === value) !== negated,
  );
}
