/** Longer ones are hardly ever the same. */
const MAX_LENGTH = 200;

/**
 * Lets equal strings of parsed JSON be one, in place. Thousands of documents name
 * the same repositories, kinds and states, and each parse makes them anew.
 *
 * @param known - the strings of documents that came before
 */
export function shareStrings<T>(json: T, known: Map<string, string>): T {
  if (typeof json === 'string') {
    if (json.length > MAX_LENGTH) return json;
    const first = known.get(json);
    if (first !== undefined) return first as T;
    known.set(json, json);
  } else if (Array.isArray(json)) {
    for (let i = 0; i < json.length; i++) {
      json[i] = shareStrings(json[i], known);
    }
  } else if (json && typeof json === 'object') {
    const parts = json as Record<string, unknown>;
    for (const key of Object.keys(parts)) {
      const part = parts[key];
      // JSON may hold a "__proto__", which is no place to write to
      if (typeof part === 'string' && key !== '__proto__') {
        parts[key] = shareStrings(part, known);
      } else {
        shareStrings(part, known);
      }
    }
  }
  return json;
}
