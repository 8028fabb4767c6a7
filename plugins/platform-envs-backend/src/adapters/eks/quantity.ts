const UNITS: Record<string, number> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([a-zA-Z]*))$/;

/**
 * A Kubernetes quantity as a number of its base unit: `250m` is 0.25, `1.5Gi`
 * is 1,610,612,736. Undefined for a text that is none, so that it is never
 * taken for zero. The client's own reader refuses fractions with a suffix.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(quantity: unknown): number | undefined {
  const match = QUANTITY.exec(String(quantity ?? '').trim());
  if (!match) return undefined;
  const [, digits, exponent, suffix = ''] = match;
  if (exponent) return Number(`${digits}e${exponent}`);
  return Object.hasOwn(UNITS, suffix)
    ? Number(digits) * UNITS[suffix]
    : undefined;
}
