import { AwsError } from '../../world/aws/AwsError';
import { Page, paginate } from '../../world/aws/paginate';

const MINUTE_MS = 60_000;
// What DescribeEvents gives when no time is named.
const DEFAULT_EVENT_MINUTES = 60;
const DEFAULT_MAX_RECORDS = 100;

/**
 * A page of 20 to 100 records, 100 unless told, as RDS and ElastiCache cut it.
 *
 * @param code - of the error for a size or a marker that will not do
 */
export function recordPage<T>(
  items: T[],
  { MaxRecords, Marker }: { MaxRecords?: number; Marker?: string },
  code: string,
): Page<T> {
  const size = MaxRecords ?? DEFAULT_MAX_RECORDS;
  if (size < 20 || size > 100) {
    throw new AwsError(
      code,
      `Invalid value ${size} for MaxRecords. Must be between 20 and 100`,
    );
  }
  return paginate(items, {
    token: Marker,
    size,
    tokenError: new AwsError(code, 'Invalid Marker'),
  });
}

/** Which events a call of RDS or ElastiCache asks for. */
interface EventInput {
  SourceIdentifier?: string;
  SourceType?: string;
  StartTime?: Date;
  EndTime?: Date;
  /** Minutes. */
  Duration?: number;
}

/**
 * Tells which events a call asks for: of the last hour unless told.
 *
 * @param code - of the error for an identifier without a type
 */
export function eventFilter(
  input: EventInput,
  nowMs: number,
  code: string,
): (event: { sourceId: string; sourceType: string; atMs: number }) => boolean {
  const { SourceIdentifier, SourceType } = input;
  if (SourceIdentifier && !SourceType) {
    throw new AwsError(
      code,
      'SourceType must be specified when SourceIdentifier is specified',
    );
  }
  const endMs = input.EndTime?.getTime() ?? nowMs;
  const startMs =
    input.StartTime?.getTime() ??
    endMs - (input.Duration ?? DEFAULT_EVENT_MINUTES) * MINUTE_MS;
  const wantedId = SourceIdentifier?.toLocaleLowerCase('en-US');
  return ({ sourceId, sourceType, atMs }) =>
    atMs >= startMs &&
    atMs <= endMs &&
    (!SourceType || sourceType === SourceType) &&
    (!wantedId || sourceId === wantedId);
}
