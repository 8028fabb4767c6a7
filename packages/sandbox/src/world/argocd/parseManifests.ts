import { parseAllDocuments } from 'yaml';
import { KubeObject } from '../kubernetes/KubeObject';

/** YAML documents as objects; empty documents and comments are left out. */
export function parseManifests(text: string): KubeObject[] {
  return parseAllDocuments(text).flatMap(document => {
    if ('errors' in document && document.errors.length > 0) {
      throw new Error(document.errors[0].message);
    }
    const value = (document as { toJS(): unknown }).toJS();
    return value ? [value as KubeObject] : [];
  });
}
