import {
  ComparisonSide,
  DeliveryCell,
  EnvironmentSummary,
  okReading,
  Reading,
  Release,
} from '@fairway/plugin-platform-envs-common';

/** One side of a comparison, and what is known of it. */
export interface Side {
  cell: DeliveryCell;
  environment: EnvironmentSummary;
  kind: ComparisonSide['kind'];
  revision?: string;
}

/** The same for as long as Git says the same. */
export function keyOf({ environment, revision }: Side): string {
  return `${environment.ref}@${revision}`;
}

/** The release on it, or why that is not known. */
export function releaseOn({ cell, kind }: Side): Reading<Release> {
  const reading: Reading<Release> = kind === 'live' ? cell.live : cell.desired;
  if (reading.status !== 'ok') return reading;
  const { image, version, digest, revision } = reading.value;
  return okReading(
    {
      image,
      ...(version && { version }),
      ...(digest && { digest }),
      // what runs tells the commit of the desired state under that name
      ...(kind === 'desired' && revision && { revision }),
    },
    reading.observedAt,
  );
}

/** What people are told of it. */
export function toWire({ environment, kind, revision }: Side): ComparisonSide {
  return {
    environmentRef: environment.ref,
    kind,
    ...(revision && { revision }),
  };
}
