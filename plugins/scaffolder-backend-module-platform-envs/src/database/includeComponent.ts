import { InputError } from '@backstage/errors';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';

/**
 * A kustomization that includes one more component, by its folder. Everything
 * else stays byte for byte: comments, order, line ends. One that includes it
 * already comes back as it is.
 *
 * @param path - of the file, for messages.
 * @throws InputError - the text is no kustomization that can be extended
 *   without guessing; the message names the file.
 * @see https://kubectl.docs.kubernetes.io/guides/config_management/components/
 */
export function includeComponent(
  text: string,
  folder: string,
  path: string,
): string {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) {
    throw new InputError(
      `${path} is no YAML that can be read (${
        document.errors[0]?.message.split('\n')[0] ?? 'it has no keys'
      }): mend it first`,
    );
  }
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const components = document.contents.get('components', true);
  if (components === undefined) {
    const end = text.endsWith('\n') ? '' : lineEnd;
    return `${text}${end}components:${lineEnd}  - ${folder}${lineEnd}`;
  }
  if (!isSeq(components) || components.items.length === 0) {
    throw new InputError(
      `${path} has "components", but not as a list: make it one first`,
    );
  }
  const items = components.items.map(item =>
    isScalar(item) ? String(item.value).replace(/\/+$/, '') : undefined,
  );
  if (items.includes(folder)) return text;
  const last = components.items[components.items.length - 1];
  const range = isScalar(last) ? last.range : undefined;
  if (!range) {
    throw new InputError(`${path} has "components" that are no folders`);
  }
  const [start, end] = range;
  const insertion = components.flow
    ? `, ${folder}`
    : `${lineEnd}${indentOf(text, start)}- ${folder}`;
  return `${text.slice(0, end)}${insertion}${text.slice(end)}`;
}

/** What stands before the dash of the item whose value begins there. */
function indentOf(text: string, start: number): string {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return /^\s*/.exec(line)![0];
}
