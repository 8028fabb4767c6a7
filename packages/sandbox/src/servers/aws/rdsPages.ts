import type { Filter } from '@aws-sdk/client-rds';
import { AwsError } from '../../world/aws/AwsError';
import { Page, paginate } from '../../world/aws/paginate';

const DEFAULT_MAX_RECORDS = 100;

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

/** A page of 20 to 100 records, 100 unless told. @throws AwsError - InvalidParameterValue. */
export function pageOf<T>(
  items: T[],
  { MaxRecords, Marker }: { MaxRecords?: number; Marker?: string },
): Page<T> {
  const size = MaxRecords ?? DEFAULT_MAX_RECORDS;
  if (size < 20 || size > 100) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid value ${size} for MaxRecords. Must be between 20 and 100`,
    );
  }
  return paginate(items, {
    token: Marker,
    size,
    tokenError: new AwsError('InvalidParameterValue', 'Invalid Marker'),
  });
}
