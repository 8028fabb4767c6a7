import { DeliveryCell } from '@fairway/plugin-platform-envs-common';

/** How a cell stands against the environment before it; undefined for the first one. */
export function describeBehind(
  behind: DeliveryCell['behind'],
): { short: string; long: string } | undefined {
  if (!behind) return undefined;
  const { state, fromVersion, toVersion } = behind;
  if (state === 'same') return { short: 'same', long: 'The same release' };
  if (state === 'unknown') {
    return {
      short: '?',
      long: 'Whether it is behind cannot be told: a digest is missing',
    };
  }
  const change = `${fromVersion ?? 'nothing'} → ${toVersion ?? 'unknown'}`;
  return { short: change, long: `Behind: ${change}` };
}
