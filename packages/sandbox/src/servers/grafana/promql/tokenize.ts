/** What Prometheus answers `bad_data` to (400), or cannot execute (422). */
export class PromqlError extends Error {
  constructor(message: string, readonly status: 400 | 422 = 400) {
    super(message);
  }
}

/** A word, sign, number, duration, string or range of a query. */
export interface Token {
  kind: string;
  text: string;
  at: number;
}

const TOKEN =
  /\s*(?:(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<range>\[[^\]]*\])|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))|(?<duration>(?:\d+(?:ms|[smhdwy]))+\b)|(?<word>[a-zA-Z_:][\w:]*)|(?<sign>=~|!~|!=|==|>=|<=|[-+*/(){},=<>]))/y;

/** @throws PromqlError - a character that begins nothing, or no query at all. */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = query.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(query);
    if (!match) {
      throw new PromqlError(
        `1:${at + 1}: parse error: unexpected character: '${query
          .slice(at)
          .trimStart()
          .charAt(0)}'`,
      );
    }
    const [kind, text] = Object.entries(match.groups!).find(
      ([, value]) => value !== undefined,
    )!;
    tokens.push({ kind, text, at: TOKEN.lastIndex - text.length });
  }
  if (tokens.length === 0) {
    throw new PromqlError(
      'unknown position: parse error: no expression found in input',
    );
  }
  return tokens;
}
