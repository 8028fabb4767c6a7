import { parseAllDocuments } from 'yaml';
import { RenderedFile } from './startRenderer';

/** Written by a program, with hashes that may look like anything. */
const LOCK_FILES =
  /(^|\/)(go\.sum|Cargo\.lock|package-lock\.json|uv\.lock|poetry\.lock|requirements.*\.txt)$/;

const REGISTRY_HOSTS = /"resolved":|registry\+https?:\/\/(?!github\.com)/;

/**
 * What is wrong with the files of a new repository, whatever their kind: links,
 * expressions that were not rendered, YAML and JSON that cannot be read.
 *
 * @param texts what a person typed; it may look like anything
 */
export function checkTexts(files: RenderedFile[], texts: string[]): string[] {
  return files.flatMap(file => {
    const complaints: string[] = [];
    const complain = (what: string) => complaints.push(`${file.path}: ${what}`);
    if (file.symlink) complain('is a symbolic link');
    if (file.path.endsWith('.njk')) complain('was not rendered');
    const text = file.content.toString('utf8');
    if (text.includes('\0')) return complaints;
    checkMarkers(file.path, without(text, texts)).forEach(complain);
    if (!LOCK_FILES.test(file.path)) {
      if (text && !text.endsWith('\n')) complain('does not end with a newline');
      if (text.includes('\r')) complain('has carriage returns');
    } else if (REGISTRY_HOSTS.test(text)) {
      complain('names the registry that it came from');
    }
    checkSyntax(file.path, text).forEach(complain);
    return complaints;
  });
}

function without(text: string, texts: string[]): string {
  return texts.reduce(
    (rest, typed) =>
      rest
        .replaceAll(typed, '')
        .replaceAll(JSON.stringify(typed).slice(1, -1), ''),
    text,
  );
}

function checkMarkers(path: string, text: string): string[] {
  if (LOCK_FILES.test(path)) return [];
  const complaints: string[] = [];
  const marker = /\$\{\{\s*(values|parameters)\b|\{%-?\s+\w+/.exec(text);
  if (marker) complaints.push(`has the unrendered ${marker[0]}`);
  if (text.includes('${{') && !path.startsWith('.github/')) {
    complaints.push('has an expression that nobody evaluates');
  }
  if (/\b(TODO|FIXME|XXX)\b/.test(text)) {
    complaints.push('leaves something to do');
  }
  if (
    /\bundefined\b|\[object Object\]/.test(text) &&
    /\.(md|ya?ml)$/.test(path)
  ) {
    complaints.push('has a value that was not there');
  }
  return complaints;
}

function checkSyntax(path: string, text: string): string[] {
  if (/\.ya?ml$/.test(path)) {
    return parseAllDocuments(text)
      .flatMap(document => document.errors)
      .map(error => error.message);
  }
  // Those of TypeScript and VS Code may have comments.
  if (
    /\.json$/.test(path) &&
    !/(^|\/)(tsconfig[^/]*|\.vscode\/.*)$/.test(path)
  ) {
    try {
      JSON.parse(text);
    } catch (error) {
      return [`is no JSON: ${(error as Error).message}`];
    }
  }
  return [];
}
