/**
 * Whether a value matches a glob as Argo CD's projects and policies use it:
 * `*` and `?`, and `*` stops at a separator where there is one.
 */
export function globMatch(
  pattern: string,
  value: string,
  separator = '',
): boolean {
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
  return new RegExp(`^${expression}$`, 's').test(value);
}
