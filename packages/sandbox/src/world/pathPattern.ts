/**
 * Compiles what a fault says about paths: a prefix (`/api/v3/repos`), a regular
 * expression between slashes (`/^\/api\/.+$/`), or a path with `*` for
 * one segment and `**` for any number (as in `/apps/*`).
 *
 * @throws SyntaxError - it looks like a regular expression and is none.
 */
export function compilePath(pattern: string): (path: string) => boolean {
  const expression = /^\/(.+)\/$/.exec(pattern);
  if (expression && /[\\^$+?()[\]{}|]|\.\*/.test(expression[1])) {
    const regex = new RegExp(expression[1]);
    return path => regex.test(path);
  }
  if (pattern.includes('*')) {
    const source = pattern
      .split(/(\*\*|\*)/)
      .map(part => {
        if (part === '**') {
          return '.*';
        }
        return part === '*'
          ? '[^/]*'
          : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
      })
      .join('');
    const regex = new RegExp(`^${source}$`);
    return path => regex.test(path);
  }
  return path => path.startsWith(pattern);
}
