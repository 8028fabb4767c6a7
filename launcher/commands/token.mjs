import { readPositional } from '../options.mjs';
import { people } from '../people.mjs';
import { Problem } from '../problem.mjs';
import { signInAs } from '../steps/signInAs.mjs';

/**
 * Prints a token of a person of the sandbox, for the portal's API, and nothing
 * else.
 *
 * @param {string[]} args a name, and the options of `up`
 */
export async function run(args) {
  const { name, port } = readPositional(args);
  const known = people().map(person => person.name);
  if (!known.includes(name)) {
    throw new Problem(
      name ? `Nobody is called "${name}".` : 'Whose token?',
      `use ./fairway token <name> with one of ${known.join(', ')}.`,
    );
  }
  const token = await signInAs(name, `http://localhost:${port}`);
  process.stdout.write(`${token}\n`);
}
