import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * What the published schemas of Kubernetes, Argo CD, External Secrets and the
 * Prometheus operator say against objects; one sentence each, empty when all is
 * well. A kind that has no schema is one, too.
 */
export function validateManifests(objects: object[]): string[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(__dirname, 'validateManifests.mjs')],
    { input: JSON.stringify(objects), encoding: 'utf8' },
  );
  if (status !== 0) {
    throw new Error(`The schemas could not be loaded: ${stderr}`);
  }
  return JSON.parse(stdout);
}
