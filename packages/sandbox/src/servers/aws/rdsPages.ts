import type { Filter } from '@aws-sdk/client-rds';
import { AwsError } from '../../world/aws/AwsError';
import { Page } from '../../world/aws/paginate';
import { recordPage } from './recordPages';

/** Filters must all match; a filter matches with any of its values. @throws AwsError - InvalidParameterValue for others. */
export function filterBy<T>(
  items: T[],
  filters: Filter[] | undefined,
  known: Record<string, (item: T) => string[]>,
): T[] {
  return (filters ?? []).reduce((rest, { Name, Values }) => {
    const valuesOf = Object.hasOwn(known, Name!) ? known[Name!] : undefined;
    if (!valuesOf) {
      throw new AwsError(
        'InvalidParameterValue',
        `Unrecognized filter name: ${Name}; the sandbox knows ${Object.keys(
          known,
        ).join(', ')}`,
      );
    }
    return rest.filter(item =>
      valuesOf(item).some(value => Values!.includes(value)),
    );
  }, items);
}

/** A page of records. @throws AwsError - InvalidParameterValue. */
export function pageOf<T>(
  items: T[],
  input: { MaxRecords?: number; Marker?: string },
): Page<T> {
  return recordPage(items, input, 'InvalidParameterValue');
}
