import fs from 'node:fs';
import path from 'node:path';
import { people } from '../../launcher/people.mjs';
import { signInAs } from '../../launcher/steps/signInAs.mjs';

/** Services of one generated platform, as the sandbox makes them. */
const PLATFORM_SERVICES = 100;

/**
 * Who can sign in: the people of the seed, and a developer and a lead of each
 * generated platform, whom the sandbox's sign-in knows too.
 *
 * @param {number} services generated
 * @returns {{ seeded: string[], generated: Array<{ name: string, team: string }> }}
 */
export function everybody(services) {
  const platforms = Math.ceil(services / PLATFORM_SERVICES);
  const generated = Array.from({ length: platforms }, (_, index) => {
    const team = `generated-${String(index + 1).padStart(2, '0')}`;
    return ['developer', 'lead'].map(role => ({
      name: `${team}-${role}`,
      team,
    }));
  }).flat();
  return { seeded: people().map(({ name }) => name), generated };
}

/**
 * Writes catalog users for the people of generated platforms.
 *
 * @param {string} folder gets `catalog/people.yaml`
 * @param {number} services generated
 */
export function writePeople(folder, services) {
  const { generated } = everybody(services);
  const file = path.join(folder, 'catalog/people.yaml');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // JSON is YAML
  const documents = generated.map(({ name, team }) =>
    JSON.stringify({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'User',
      metadata: { name },
      spec: {
        profile: { displayName: name, email: `${name}@example.com` },
        memberOf: [team],
      },
    }),
  );
  fs.writeFileSync(file, `${documents.join('\n---\n')}\n`);
}

/**
 * Signs people in, one after another, as a browser does; waits for those whom
 * the catalog does not hold yet.
 *
 * @param {string} url of the backend
 * @param {number} services generated
 * @param {number} count of sessions; where there are fewer people, some have two
 * @returns {Promise<{ tokens: string[], people: number }>}
 */
export async function signInMany(url, services, count) {
  const { seeded, generated } = everybody(services);
  const names = [...seeded, ...generated.map(({ name }) => name)];
  const tokens = [];
  for (let index = 0; index < count; index++) {
    tokens.push(await signInPatiently(names[index % names.length], url));
  }
  return { tokens, people: Math.min(count, names.length) };
}

const PATIENCE_MS = 60_000;

/**
 * @param {string} name
 * @param {string} url
 * @returns {Promise<string>} a token
 * @throws Problem when they cannot sign in for a minute
 */
export async function signInPatiently(name, url) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await signInAs(name, url);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  }
}
