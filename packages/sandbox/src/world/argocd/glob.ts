/** Patterns come from policies and projects, and are few; this bounds what callers send. */
const KEPT = 1000;
const compiled = new Map<string, RegExp>();

/**
 * Whether a value matches a glob as Argo CD's projects and policies use it:
 * `*` and `?`, and `*` stops at a separator where there is one.
 */
export function globMatch(
  pattern: string,
  value: string,
  separator = '',
): boolean {
  const key = `${separator} ${pattern}`;
  let expression = compiled.get(key);
  if (!expression) {
    expression = compile(pattern, separator);
    if (compiled.size >= KEPT) {
      compiled.clear();
    }
    compiled.set(key, expression);
  }
  return expression.test(value);
}

function compile(pattern: string, separator: string): RegExp {
  const any = separator ? `[^${separator}]*` : '.*';
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    // `**` crosses separators.
    .replace(/\*\*|\*|\?/g, sign => {
      if (sign === '?') {
        return '.';
      }
      return sign === '*' ? any : '.*';
    });
  return new RegExp(`^${expression}$`, 's');
}
