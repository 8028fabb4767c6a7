import {
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  Pair,
  parseAllDocuments,
  Scalar,
  visit,
  YAMLMap,
} from 'yaml';
import { OverlayError } from './OverlayError';
import { OverlayFile } from './overlay';

/** Parsing stalls the process, so files beyond this (bytes) are refused. */
export const MAX_OVERLAY_BYTES = 1024 * 1024;

/** A place in a file that holds one value on one line. */
export interface LocatedScalar {
  key: string;
  value: string;
  /** Character offsets of the value with its quotes, end excluded. */
  start: number;
  end: number;
  /** 1-based. */
  line: number;
  quote: 'none' | 'single' | 'double';
}

/** Finds the keys of the one `images` entry of that name in a kustomization. */
export function locateImageEntry(
  file: OverlayFile,
  imageName: string,
): Map<string, LocatedScalar> {
  const { documents, lines } = parse(file);
  const lineOf = (node: { range?: readonly number[] | null }) =>
    node.range ? lines.linePos(node.range[0]).line : undefined;
  const entries: YAMLMap[] = [];
  for (const document of documents) {
    const images = isMap(document.contents)
      ? document.contents.get('images', true)
      : undefined;
    if (isAlias(images)) {
      throw new OverlayError(
        file.path,
        lineOf(images),
        'images is an alias; write the entries out, so that one line can be changed.',
      );
    }
    if (!isSeq(images)) continue;
    for (const item of images.items) {
      if (isAlias(item)) {
        throw new OverlayError(
          file.path,
          lineOf(item),
          'an image entry is an alias; write it out, so that one line can be changed.',
        );
      }
      if (isMap(item) && item.get('name') === imageName) entries.push(item);
    }
  }
  if (entries.length === 0) {
    throw new OverlayError(
      file.path,
      undefined,
      `no entry below "images" has the name "${imageName}". Add one with newName and newTag.`,
    );
  }
  if (entries.length > 1) {
    throw new OverlayError(
      file.path,
      lineOf(entries[1]),
      `${
        entries.length
      } entries below "images" have the name "${imageName}" (lines ${entries
        .map(lineOf)
        .join(', ')}). Keep one.`,
    );
  }
  return locatePairs(file, documents, entries[0], lines);
}

/** Finds the top-level keys of a JSON object. */
export function locateJsonKeys(file: OverlayFile): Map<string, LocatedScalar> {
  checkSize(file);
  try {
    JSON.parse(file.content);
  } catch (error) {
    throw new OverlayError(
      file.path,
      undefined,
      `not valid JSON: ${(error as Error).message}`,
    );
  }
  const { documents, lines } = parse(file);
  const [document] = documents;
  if (!isMap(document?.contents)) {
    throw new OverlayError(file.path, 1, 'not a JSON object.');
  }
  return locatePairs(file, documents, document.contents, lines);
}

function locatePairs(
  file: OverlayFile,
  documents: Document.Parsed[],
  map: YAMLMap,
  lines: LineCounter,
): Map<string, LocatedScalar> {
  const found = new Map<string, LocatedScalar>();
  for (const pair of map.items as Pair[]) {
    const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
    if (key === undefined || !isScalar(pair.value)) {
      if (key !== undefined && isAlias(pair.value)) {
        throw new OverlayError(
          file.path,
          pair.value.range
            ? lines.linePos(pair.value.range[0]).line
            : undefined,
          `"${key}" is an alias; write the value out, so that one line can be changed.`,
        );
      }
      continue;
    }
    const located = locate(file, documents, key, pair.value, lines);
    if (located) found.set(key, located);
  }
  return found;
}

const QUOTES: Record<string, LocatedScalar['quote'] | undefined> = {
  PLAIN: 'none',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
};

function locate(
  file: OverlayFile,
  documents: Document.Parsed[],
  key: string,
  scalar: Scalar,
  lines: LineCounter,
): LocatedScalar | undefined {
  if (!scalar.range) return undefined;
  const [start, end] = scalar.range;
  const { line } = lines.linePos(start);
  const text = file.content.slice(start, end);
  const quote = QUOTES[scalar.type ?? 'PLAIN'];
  if (!quote || /[\r\n]/.test(text)) {
    return refuse(file, line, key, 'spans several lines');
  }
  if (scalar.anchor && isReferred(documents, scalar.anchor)) {
    return refuse(
      file,
      line,
      key,
      `carries the anchor &${scalar.anchor}, which other places refer to`,
    );
  }
  // The text as written: an unquoted 1.10 is the version "1.10", not 1.1.
  const value = quote === 'none' ? text : String(scalar.value);
  return { key, value, start, end, line, quote };
}

/** Only keys that a promotion edits are refused; others may be as they like. */
const EDITED_KEYS = new Set(['newTag', 'digest', 'image_tag', 'image_digest']);

function refuse(
  file: OverlayFile,
  line: number,
  key: string,
  problem: string,
): undefined {
  if (!EDITED_KEYS.has(key)) return undefined;
  throw new OverlayError(
    file.path,
    line,
    `"${key}" ${problem}; write it as one plain value on one line.`,
  );
}

function isReferred(documents: Document.Parsed[], anchor: string): boolean {
  return documents.some(document => {
    let referred = false;
    visit(document, {
      Alias(_, alias) {
        if (alias.source !== anchor) return undefined;
        referred = true;
        return visit.BREAK;
      },
    });
    return referred;
  });
}

function checkSize(file: OverlayFile) {
  const size = Buffer.byteLength(file.content);
  if (size > MAX_OVERLAY_BYTES) {
    throw new OverlayError(
      file.path,
      undefined,
      `${size} bytes is too large for an overlay; at most ${MAX_OVERLAY_BYTES} are read.`,
    );
  }
}

function parse(file: OverlayFile) {
  checkSize(file);
  const lines = new LineCounter();
  let documents: Document.Parsed[];
  try {
    const parsed = parseAllDocuments(file.content, {
      lineCounter: lines,
      prettyErrors: false,
      // 1.1, as the YAML library of kustomize reads it.
      version: '1.1',
      merge: false,
    });
    documents = Array.isArray(parsed) ? parsed : [];
  } catch (error) {
    // Thousands of open brackets exhaust the stack of the parser.
    throw new OverlayError(
      file.path,
      undefined,
      `cannot be parsed: ${(error as Error).message}`,
    );
  }
  for (const document of documents) {
    const [error] = document.errors;
    if (error) {
      throw new OverlayError(
        file.path,
        lines.linePos(error.pos[0]).line,
        error.message,
      );
    }
  }
  return { documents, lines };
}
