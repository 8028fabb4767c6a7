import {
  createHash,
  generateKeyPair,
  JsonWebKey,
  randomBytes,
} from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What the identity provider signs with. */
export interface OidcKeys {
  /** Private keys; the provider publishes their public halves. */
  jwks: { keys: JsonWebKey[] };
  /** Secrets that its cookies are signed with. */
  cookies: string[];
}

/**
 * The signing keys of this sandbox: made at the first start and kept in
 * `oidc/keys.json`, so that a restart signs nobody out.
 *
 * @throws Error - the file is there but is not JSON; the message names it.
 */
export async function openOidcKeys(dataDir: string): Promise<OidcKeys> {
  const path = join(dataDir, 'oidc', 'keys.json');
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new Error(
        `${path} cannot be read (${error}); remove it to have new keys`,
      );
    }
  }
  const keys: OidcKeys = {
    jwks: { keys: [await signingKey()] },
    cookies: [randomBytes(32).toString('base64url')],
  };
  await mkdir(join(dataDir, 'oidc'), { recursive: true });
  await writeFile(`${path}.next`, JSON.stringify(keys), { mode: 0o600 });
  await rename(`${path}.next`, path);
  return keys;
}

async function signingKey(): Promise<JsonWebKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
  });
  const jwk = privateKey.export({ format: 'jwk' });
  const kid = createHash('sha256')
    .update(`${jwk.n}`)
    .digest('base64url')
    .slice(0, 16);
  return { ...jwk, kid, use: 'sig', alg: 'RS256' };
}
