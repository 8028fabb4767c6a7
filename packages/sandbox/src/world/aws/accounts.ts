import { SeedPlatform } from '../platforms';

/** The account that pays for all others and may assume roles in them. */
export const MANAGEMENT_ACCOUNT = '000000000000';

/** One AWS account of the sandbox. */
export interface AwsAccount {
  id: string;
  /** What people call it, `sample-platform-ai prod`. */
  name: string;
}

/** All accounts: the management account, then each platform's registry and environment accounts. */
export function listAccounts(platforms: SeedPlatform[]): AwsAccount[] {
  const accounts = [{ id: MANAGEMENT_ACCOUNT, name: 'management' }];
  for (const platform of platforms) {
    accounts.push({
      id: platform.sharedAccountId,
      name: `${platform.system} shared`,
    });
    for (const { accountId, shortName } of platform.environments) {
      if (accountId) {
        accounts.push({
          id: accountId,
          name: `${platform.system} ${shortName}`,
        });
      }
    }
  }
  return accounts;
}

/** The regions of a platform in the order of its environments; the first is its primary. */
export function platformRegions(platform: SeedPlatform): string[] {
  return [...new Set(platform.environments.flatMap(({ regions }) => regions))];
}

/** Regions that are no platform's primary. */
export function secondaryRegions(platforms: SeedPlatform[]): string[] {
  const primaries = platforms.map(platform => platformRegions(platform)[0]);
  return [...new Set(platforms.flatMap(platformRegions))].filter(
    region => !primaries.includes(region),
  );
}
