import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds, HumanDuration } from '@backstage/types';
import { PaceIntervals } from '@fairway/plugin-platform-envs-node';
import { isWebUrl } from './services/links';

/**
 * A URL without trailing slashes.
 *
 * @throws InputError - it is not http or https.
 */
export function checkUrl(path: string, url: string): string {
  if (!isWebUrl(url)) {
    throw new InputError(`${path} must be an http or https URL, not "${url}"`);
  }
  return url.replace(/\/+$/, '');
}

/** From the root and by the full path, for that is what its errors name. */
export function readDuration(
  root: Config,
  path: string,
): HumanDuration | undefined {
  return root.has(path)
    ? readDurationFromConfig(root, { key: path })
    : undefined;
}

/**
 * The keys `pollInterval` and `idlePollInterval` of a block.
 *
 * @throws InputError - one is no duration, or under a second.
 */
export function readIntervals(
  root: Config,
  block: string,
  defaults: PaceIntervals,
): PaceIntervals {
  const activeMs = readMilliseconds(root, `${block}.pollInterval`);
  const idleMs = readMilliseconds(root, `${block}.idlePollInterval`);
  return {
    activeMs: activeMs ?? defaults.activeMs,
    idleMs: idleMs ?? defaults.idleMs,
  };
}

/** @throws InputError - it is no duration, or under a second. */
export function readMilliseconds(
  root: Config,
  path: string,
): number | undefined {
  const duration = readDuration(root, path);
  if (!duration) return undefined;
  const milliseconds = durationToMilliseconds(duration);
  if (milliseconds < 1000) {
    throw new InputError(`${path} must be at least one second`);
  }
  return milliseconds;
}
