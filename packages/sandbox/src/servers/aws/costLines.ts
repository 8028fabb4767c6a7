import type { DateInterval, Expression } from '@aws-sdk/client-cost-explorer';
import { CostLine } from '../../world/aws/costs/CostLine';
import { costFilter } from './costFilter';
import { CostPeriod, dayToText, hourToText } from './costPeriods';
import { CallContext } from './handlers';

/** What stands for a tag where it is absent. */
export const TAG_ABSENT = '';

/** Lines of the bill that the caller may see and a filter leaves. @throws AwsError - ValidationException. */
export function visibleLines(
  context: CallContext,
  filter: Expression | undefined,
): CostLine[] {
  const matches = costFilter(filter);
  return context.aws.costs.linesFor(context.accountId).filter(matches);
}

/** Different values, sorted. */
export function distinct(values: string[]): string[] {
  return [...new Set(values)].sort();
}

/** Name of an account; its id where nobody knows it. */
export function accountName(id: string, { aws }: CallContext): string {
  return aws.accounts.find(account => account.id === id)?.name ?? id;
}

/** A period as the wire has it. */
export function toInterval({
  startDay,
  endDay,
  hour,
}: CostPeriod): DateInterval {
  if (hour !== undefined) {
    return { Start: hourToText(hour), End: hourToText(hour + 1) };
  }
  return { Start: dayToText(startDay), End: dayToText(endDay) };
}
