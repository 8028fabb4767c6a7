import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * The operations of a folder, whose address ends with `/`, by their SHA-256 in hexadecimal, which is how
 * clients ask for them: `extensions.persistedQuery.sha256Hash`.
 */
export function readOperations(folder: URL): Map<string, string> {
  return new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.graphql'))
      .sort()
      .map((file) => {
        const text = readFileSync(new URL(file, folder), 'utf8').trim();
        return [createHash('sha256').update(text).digest('hex'), text];
      }),
  );
}
