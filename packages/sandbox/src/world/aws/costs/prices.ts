/** Sizes of instances as multiples of `large`. */
const SMALL_SIZES: Record<string, number> = {
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
};

/** US dollars an hour for the `large` of a family, on demand in us-east-1. */
const AURORA: Record<string, number> = {
  t3: 0.164,
  t4g: 0.146,
  r5: 0.29,
  r6g: 0.26,
  r6i: 0.29,
  r7g: 0.276,
  r7i: 0.305,
  r8g: 0.276,
};
const POSTGRES: Record<string, number> = {
  t3: 0.145,
  t4g: 0.129,
  m5: 0.178,
  m6g: 0.159,
  m6i: 0.178,
  m7g: 0.168,
  r5: 0.25,
  r6g: 0.225,
  r6i: 0.25,
  r7g: 0.239,
};
const REDIS: Record<string, number> = {
  t3: 0.136,
  t4g: 0.129,
  m5: 0.156,
  m6g: 0.149,
  m7g: 0.158,
  r5: 0.216,
  r6g: 0.206,
  r7g: 0.219,
};
/** A family that is not in the tables costs as much as the newest. */
const OTHERWISE = 'r7g';
/** Valkey nodes cost a fifth less than Redis nodes. */
const VALKEY_FACTOR = 0.8;

/** US dollars for an Aurora capacity unit an hour. */
export const ACU_HOUR = 0.12;
/** US dollars for a gibibyte a month. */
export const AURORA_STORAGE = 0.1;
export const GP3_STORAGE = 0.115;
/** A standby in a second zone costs as much again. */
export const MULTI_AZ_FACTOR = 2;

/** US dollars an hour of `db.r6g.2xlarge` and the like, as Aurora member or as plain RDS. */
export function databaseHour(instanceClass: string, isAurora: boolean): number {
  return hourOf(instanceClass, isAurora ? AURORA : POSTGRES);
}

/** US dollars an hour of `cache.r7g.large` and the like. */
export function cacheHour(
  nodeType: string,
  engine: 'redis' | 'valkey',
): number {
  return hourOf(nodeType, REDIS) * (engine === 'valkey' ? VALKEY_FACTOR : 1);
}

function hourOf(type: string, families: Record<string, number>): number {
  const [, family = '', size = ''] = type.split('.');
  const large = families[family] ?? families[OTHERWISE];
  const times = /^(\d*)xlarge$/.exec(size);
  return large * (times ? 2 * Number(times[1] || 1) : SMALL_SIZES[size] ?? 1);
}
