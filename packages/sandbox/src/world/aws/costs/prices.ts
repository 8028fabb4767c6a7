import type { FargateSize } from '../ecs/FargateUsage';

/** Sizes of instances as multiples of `large`. */
const SMALL_SIZES: Record<string, number> = {
  nano: 1 / 16,
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
const LINUX: Record<string, number> = {
  c5: 0.085,
  c6g: 0.068,
  c6i: 0.085,
  c7g: 0.0725,
  c7i: 0.08925,
  m5: 0.096,
  m6g: 0.077,
  m6i: 0.096,
  m7g: 0.0816,
  m7i: 0.1008,
  r5: 0.126,
  r6g: 0.1008,
  r6i: 0.126,
  r7g: 0.1071,
  t3: 0.0832,
  t4g: 0.0672,
};
/** US dollars an hour for a vCPU and for a gibibyte of a task. */
const FARGATE: Record<
  FargateSize['architecture'],
  { vcpu: number; gibibyte: number }
> = {
  X86_64: { vcpu: 0.04048, gibibyte: 0.004445 },
  ARM64: { vcpu: 0.03238, gibibyte: 0.00356 },
};
/** A family that is not in the tables costs as much as the newest. */
const OTHERWISE = 'r7g';
/** Valkey nodes cost a fifth less than Redis nodes. */
const VALKEY_FACTOR = 0.8;

/** Spot capacity, whose price moves, costs about this much of the price on demand. */
const SPOT_FACTOR = 0.3;

/** US dollars for an EKS cluster an hour, while its Kubernetes version is in standard support. */
export const CLUSTER_HOUR = 0.1;
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

/** US dollars an hour of a Linux instance, `m7g.large` and the like. */
export function instanceHour(instanceType: string, isSpot: boolean): number {
  return hourOf(`ec2.${instanceType}`, LINUX) * (isSpot ? SPOT_FACTOR : 1);
}

/** US dollars an hour for a vCPU and for a gibibyte of a Fargate task. */
export function fargateHour({
  architecture,
  isSpot,
}: Pick<FargateSize, 'architecture' | 'isSpot'>): {
  vcpu: number;
  gibibyte: number;
} {
  const { vcpu, gibibyte } = FARGATE[architecture];
  const factor = isSpot ? SPOT_FACTOR : 1;
  return { vcpu: vcpu * factor, gibibyte: gibibyte * factor };
}

function hourOf(type: string, families: Record<string, number>): number {
  const [, family = '', size = ''] = type.split('.');
  const large = families[family] ?? families[OTHERWISE];
  const times = /^(\d*)xlarge$/.exec(size);
  return large * (times ? 2 * Number(times[1] || 1) : SMALL_SIZES[size] ?? 1);
}
