import { refName } from './refs';

/** Where a promotion leads, in the names people use within their platform. */
export interface Way {
  from?: string;
  to: string;
  /** What the names have in common: the platform; undefined when it cannot be told. */
  platform?: string;
}

/**
 * Shortens environment names such as `sample-platform-ai-uat` and
 * `sample-platform-ai-prod` to what tells them apart. Without a source the
 * target keeps its whole name.
 */
export function describeWay(fromRef: string | undefined, toRef: string): Way {
  const to = refName(toRef);
  if (!fromRef) return { to };
  const from = refName(fromRef);
  const [a, b] = [from.split('-'), to.split('-')];
  let shared = 0;
  while (shared < Math.min(a.length, b.length) - 1 && a[shared] === b[shared]) {
    shared += 1;
  }
  if (shared === 0) return { from, to };
  return {
    from: a.slice(shared).join('-'),
    to: b.slice(shared).join('-'),
    platform: a.slice(0, shared).join('-'),
  };
}
