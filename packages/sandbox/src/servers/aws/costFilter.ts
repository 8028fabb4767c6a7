import type { Expression } from '@aws-sdk/client-cost-explorer';
import { AwsError } from '../../world/aws/AwsError';
import { CostLine } from '../../world/aws/costs/CostLine';

type Matcher = (line: CostLine) => boolean;

const DIMENSIONS: Record<string, (line: CostLine) => string> = {
  SERVICE: ({ service }) => service,
  LINKED_ACCOUNT: ({ accountId }) => accountId,
  REGION: ({ region }) => region,
  USAGE_TYPE: ({ usageType }) => usageType,
  RESOURCE_ID: ({ resourceId }) => resourceId,
  // There are no credits, refunds or taxes here.
  RECORD_TYPE: () => 'Usage',
};

/**
 * Value of a dimension of a line.
 *
 * @throws AwsError - ValidationException for dimensions that the sandbox has not.
 */
export function dimensionOf(line: CostLine, name: string): string {
  const read = Object.hasOwn(DIMENSIONS, name) ? DIMENSIONS[name] : undefined;
  if (!read) {
    throw new AwsError(
      'ValidationException',
      `Dimension ${name} is not in the sandbox; it has ${Object.keys(
        DIMENSIONS,
      ).join(', ')}`,
    );
  }
  return read(line);
}

/**
 * Turns a Cost Explorer expression into a test of a line. Everything matches
 * when there is none.
 *
 * The empty value of a tag stands for what does not carry the tag.
 *
 * @throws AwsError - ValidationException for an expression with none or several of
 *   And, Or, Not, Dimensions, Tags.
 */
export function costFilter(expression: Expression | undefined): Matcher {
  if (!expression) {
    return () => true;
  }
  const parts = Object.entries(expression).filter(
    ([, value]) => value !== undefined,
  );
  if (parts.length !== 1) {
    throw new AwsError(
      'ValidationException',
      'Expression does not have exactly one root: it must be one of And, Or, Not, Dimensions, Tags',
    );
  }
  const { And, Or, Not, Dimensions, Tags } = expression;
  if (And) {
    const matchers = severalOf('And', And);
    return line => matchers.every(matches => matches(line));
  }
  if (Or) {
    const matchers = severalOf('Or', Or);
    return line => matchers.some(matches => matches(line));
  }
  if (Not) {
    const matches = costFilter(Not);
    return line => !matches(line);
  }
  if (Dimensions) {
    const { Key, Values, MatchOptions } = Dimensions;
    const matches = valueMatcher(Values, MatchOptions);
    return line => matches(dimensionOf(line, Key!));
  }
  if (Tags) {
    const { Key, Values, MatchOptions } = Tags;
    const matches = valueMatcher(Values, MatchOptions);
    return line => matches(line.tags[Key!] ?? '');
  }
  throw new AwsError(
    'ValidationException',
    `${parts[0][0]} is not in the sandbox; it has And, Or, Not, Dimensions, Tags`,
  );
}

function severalOf(name: string, expressions: Expression[]): Matcher[] {
  if (expressions.length < 2) {
    throw new AwsError(
      'ValidationException',
      `${name} must have at least two operands`,
    );
  }
  return expressions.map(costFilter);
}

function valueMatcher(
  values: string[] | undefined,
  options: string[] | undefined,
): (value: string) => boolean {
  const wanted = values ?? [];
  const has = (option: string) => options?.includes(option) ?? false;
  if (has('ABSENT')) {
    return value => value === '';
  }
  const fold = (text: string) =>
    has('CASE_INSENSITIVE') ? text.toLocaleLowerCase('en-US') : text;
  const folded = wanted.map(fold);
  if (has('STARTS_WITH')) {
    return value => folded.some(start => fold(value).startsWith(start));
  }
  if (has('ENDS_WITH')) {
    return value => folded.some(end => fold(value).endsWith(end));
  }
  if (has('CONTAINS')) {
    return value => folded.some(part => fold(value).includes(part));
  }
  return value => folded.includes(fold(value));
}
