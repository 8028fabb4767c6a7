import { QuotaLine } from '@fairway/plugin-platform-envs-common';

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

function trimmed(value: number, digits: number): string {
  return new Intl.NumberFormat(undefined, {
    maximumFractionDigits: digits,
  }).format(value);
}

/** Bytes in the unit that people say, e.g. `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${trimmed(value, value < 10 ? 1 : 0)} ${BYTE_UNITS[unit]}`;
}

/** Cores with their unit, e.g. `0.25 cores`. */
export function formatCores(cores: number): string {
  return `${trimmed(cores, cores < 10 ? 2 : 1)} ${
    cores === 1 ? 'core' : 'cores'
  }`;
}

/** An amount of a quota with its unit. */
export function formatAmount(unit: QuotaLine['unit'], amount: number): string {
  if (unit === 'bytes') return formatBytes(amount);
  return unit === 'cores' ? formatCores(amount) : trimmed(amount, 0);
}

const NAMES: Record<string, string> = {
  cpu: 'CPU requests',
  memory: 'Memory requests',
  'requests.cpu': 'CPU requests',
  'requests.memory': 'Memory requests',
  'limits.cpu': 'CPU limits',
  'limits.memory': 'Memory limits',
  'requests.storage': 'Storage requests',
  'requests.ephemeral-storage': 'Ephemeral storage requests',
  'limits.ephemeral-storage': 'Ephemeral storage limits',
  persistentvolumeclaims: 'Volume claims',
  pods: 'Pods',
  services: 'Services',
  'services.loadbalancers': 'Load balancers',
};

/** What a line of a quota limits, in words; an unknown one as Kubernetes spells it. */
export function quotaName(resource: string): string {
  return Object.hasOwn(NAMES, resource) ? NAMES[resource] : resource;
}

/** How full something is. */
export type Fullness = 'fine' | 'tight' | 'full' | 'unknown';

/** From here on a new release may not fit. */
const TIGHT = 0.8;
const FULL = 0.95;

/** How full something is; unknown when its use is, never empty. */
export function fullness(used: number | undefined, hard: number): Fullness {
  if (used === undefined) return 'unknown';
  if (hard <= 0) return used > 0 ? 'full' : 'fine';
  const share = used / hard;
  if (share >= FULL) return 'full';
  return share >= TIGHT ? 'tight' : 'fine';
}
