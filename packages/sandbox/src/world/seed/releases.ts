import { createHash } from 'node:crypto';
import { SeedPlatform, SeedService } from '../platforms';

/** One version of a service and when its image was built. */
export interface SeedRelease {
  version: string;
  /** Days before the seeding, with fraction. */
  builtDaysAgo: number;
}

/** One arrival of a version in an environment. */
export interface SeedDeployment {
  environment: string;
  version: string;
  /** Days before the seeding, with fraction. */
  daysAgo: number;
}

/** A number from 0 (included) to 1, always the same for the same words. */
export function steady(...words: string[]): number {
  const digest = createHash('sha256').update(words.join('/')).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

/** The version before the given one; patch versions count down first. */
export function previousVersion(version: string): string {
  const [major, minor, patch] = version.split('.').map(Number);
  if (patch > 0) {
    return `${major}.${minor}.${patch - 1}`;
  }
  return minor > 0 ? `${major}.${minor - 1}.2` : '0.0.9';
}

/** The patch version after the given one. */
export function nextPatch(version: string): string {
  const [major, minor, patch] = version.split('.').map(Number);
  return `${major}.${minor}.${patch + 1}`;
}

/** Order of two versions such as `1.8.2`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(version => version.split('.').map(Number));
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

/**
 * All versions of a service that anything remembers, oldest first: one before
 * the oldest that runs, those that run, and the patches between them.
 */
export function seedVersions(service: SeedService): string[] {
  const running = [...new Set(Object.values(service.versions))].sort(
    compareVersions,
  );
  if (!running.length) {
    return [];
  }
  const chain = [previousVersion(running[0]), running[0]];
  for (const version of running.slice(1)) {
    const [major, minor] = version.split('.');
    let last = chain[chain.length - 1];
    while (
      last.startsWith(`${major}.${minor}.`) &&
      nextPatch(last) !== version
    ) {
      last = nextPatch(last);
      chain.push(last);
    }
    chain.push(version);
  }
  return chain;
}

/**
 * How long each environment has had its version: hours in the first, days in
 * those between, weeks in prod; earlier environments never later than the
 * next one that has the same version.
 */
function arrivals(platform: SeedPlatform, service: SeedService) {
  const environments = platform.environments
    .map(environment => environment.shortName)
    .filter(name => service.versions[name]);
  const ages: Record<string, number> = {};
  for (const [fromEnd, name] of [...environments].reverse().entries()) {
    const index = environments.length - 1 - fromEnd;
    const next = environments[index + 1];
    const chance = steady(service.name, name);
    if (next && service.versions[next] === service.versions[name]) {
      ages[name] = ages[next] + 1 + chance * 0.4;
    } else if (name === 'prod') {
      ages[name] = 16 + chance * 14;
    } else if (index === 0) {
      ages[name] = 0.03 + chance * 1.2;
    } else {
      ages[name] = index * 4 - 1.5 + chance * 2;
    }
  }
  return { environments, ages };
}

/** All versions of a service with their build times, oldest first. */
export function seedReleases(
  platform: SeedPlatform,
  service: SeedService,
): SeedRelease[] {
  const { environments, ages } = arrivals(platform, service);
  const releases: SeedRelease[] = [];
  let later = 0;
  for (const version of seedVersions(service).reverse()) {
    const holders = environments.filter(
      name => service.versions[name] === version,
    );
    const oldest = Math.max(0, ...holders.map(name => ages[name]));
    const builtDaysAgo = holders.length
      ? Math.max(
          oldest + (holders.includes(environments[0]) ? 0.004 : 0.9),
          later + 0.2,
        )
      : later + 2 + steady(service.name, version) * 5;
    releases.unshift({ version, builtDaysAgo });
    later = builtDaysAgo;
  }
  return releases;
}

/** What was deployed where, oldest first; the last of an environment stands. */
export function seedDeployments(
  platform: SeedPlatform,
  service: SeedService,
): SeedDeployment[] {
  const { environments, ages } = arrivals(platform, service);
  const [first] = environments;
  const deployments: SeedDeployment[] = [];
  for (const { version, builtDaysAgo } of seedReleases(platform, service).slice(
    1,
  )) {
    if (first && compareVersions(version, service.versions[first]) <= 0) {
      deployments.push({
        environment: first,
        version,
        daysAgo: builtDaysAgo - 0.003,
      });
    }
  }
  for (const name of environments.slice(1)) {
    deployments.push({
      environment: name,
      version: service.versions[name],
      daysAgo: ages[name],
    });
  }
  return deployments.sort((a, b) => b.daysAgo - a.daysAgo);
}
