const GIB = 1024 ** 3;
const SIZES: Record<string, number> = {
  micro: 1,
  small: 2,
  medium: 4,
  large: 8,
};

/** Memory of `db.r6g.2xlarge` and the like: burstable and general classes have half of what the `r` family has. */
export function classMemoryBytes(instanceClass: string): number {
  const [, family = '', size = ''] = instanceClass.split('.');
  const times = /^(\d*)xlarge$/.exec(size);
  const gib = times ? 16 * Number(times[1] || 1) : SIZES[size] ?? 4;
  return gib * (family.startsWith('r') ? 2 : 1) * GIB;
}
