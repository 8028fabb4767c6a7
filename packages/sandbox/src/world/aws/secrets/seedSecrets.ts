import { randomUUID } from 'node:crypto';
import { safeHash, stableUid } from '../../kubernetes/ids';
import { SeedPlatform } from '../../platforms';
import { SecretRecord } from './types';

const DAY_MS = 24 * 60 * 60 * 1000;
const ROTATION_DAYS = 30;

/** The six characters that end a secret's ARN. */
export function secretSuffix(seed: string = randomUUID()): string {
  return safeHash(seed, 6);
}

/** The secrets of the platforms: the master user of each environment's database, rotated every thirty days. Their values are nobody's to know. */
export function seedSecrets(
  platforms: SeedPlatform[],
  now: Date,
): SecretRecord[] {
  return platforms.flatMap(platform =>
    platform.environments.flatMap(({ database, accountId, shortName }) =>
      database && accountId
        ? database.clusters.slice(0, 1).map(({ id, region }): SecretRecord => {
            const name = `${platform.system}/${shortName}/database`;
            const rotatedAt = new Date(now.getTime() - 9 * DAY_MS);
            return {
              accountId,
              region,
              name,
              suffix: secretSuffix(`${accountId}/${name}`),
              description: `Master user of ${id}`,
              tags: { Environment: shortName, System: platform.system },
              createdAt: new Date(now.getTime() - 200 * DAY_MS).toISOString(),
              changedAt: rotatedAt.toISOString(),
              rotation: {
                lambdaArn: `arn:aws:lambda:${region}:${accountId}:function:rotate-database`,
                rules: { AutomaticallyAfterDays: ROTATION_DAYS },
                lastRotatedAt: rotatedAt.toISOString(),
                nextRotationAt: new Date(
                  rotatedAt.getTime() + ROTATION_DAYS * DAY_MS,
                ).toISOString(),
              },
              versions: [
                {
                  id: stableUid(`${accountId}/${name}/current`),
                  stages: ['AWSCURRENT'],
                  createdAt: rotatedAt.toISOString(),
                },
              ],
              replicas: [],
            };
          })
        : [],
    ),
  );
}
