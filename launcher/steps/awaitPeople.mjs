import { people } from '../people.mjs';
import { Problem } from '../problem.mjs';
import { signInAs } from './signInAs.mjs';

/**
 * Waits until everybody whom the launcher names can sign in: a portal that has
 * only just been made is ready some seconds before its catalog is filled.
 *
 * @param {string} portal its address, without trailing slash
 * @param {{ seconds?: number }} [options] how long at most
 * @throws Problem when somebody is still missing then
 */
export async function awaitPeople(portal, { seconds = 60 } = {}) {
  const names = people().map(({ name }) => name);
  const deadline = Date.now() + seconds * 1000;
  let token;
  let missing = names;
  let why;
  for (;;) {
    try {
      token ??= await signInAs(names[0], portal);
      missing = await missingIn(portal, token, names);
      if (!missing.length) return;
      why = 'the catalog does not hold them';
    } catch (error) {
      why = error.message;
    }
    if (Date.now() > deadline) {
      throw new Problem(
        `The portal runs, but ${missing.join(
          ', ',
        )} cannot sign in after ${seconds} s: ${why}`,
        'read .fairway/logs/portal.log; the people are in catalog/org.yaml.',
      );
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** Those of the names that the catalog has no user for. */
async function missingIn(portal, token, names) {
  const response = await fetch(`${portal}/api/catalog/entities/by-refs`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({
      entityRefs: names.map(name => `user:default/${name}`),
      fields: ['kind'],
    }),
    signal: AbortSignal.timeout(20_000),
  });
  if (!response.ok) throw new Error(`the catalog says ${response.status}`);
  const { items } = await response.json();
  return names.filter((_name, index) => !items[index]);
}
