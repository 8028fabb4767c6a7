import { stringify } from 'yaml';

/** Documents as YAML text; a value can be anything and stays that value. */
export function yamlText(...documents: object[]): string {
  return documents
    .map(document =>
      stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }),
    )
    .join('---\n');
}
