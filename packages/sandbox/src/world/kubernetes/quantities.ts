const FACTORS: Record<string, number> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/**
 * A Kubernetes quantity as a number: cores for CPU (`250m` is 0.25), bytes for
 * memory (`512Mi`). What cannot be read counts as 0.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(quantity: unknown): number {
  const match = String(quantity ?? '').match(
    /^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
  );
  return match ? Number(match[1]) * FACTORS[match[2] ?? ''] : 0;
}

/** Cores as a quantity: `1500m`, or `2` when whole. */
export function cpuQuantity(cores: number): string {
  const milli = Math.round(cores * 1000);
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

/** Bytes as a quantity in mebibytes. */
export function memoryQuantity(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)}Mi`;
}
