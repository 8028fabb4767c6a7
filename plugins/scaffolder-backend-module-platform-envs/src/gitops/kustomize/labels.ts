import { stringify } from 'yaml';
import { GitopsComponent } from '../types';

/** Documents of one YAML file, without lines being folded. */
export function yaml(...documents: object[]): string {
  return documents
    .map(document =>
      stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }),
    )
    .join('---\n');
}

/** What finds the pods of a component; never changes. */
export function selectorOf({ name }: Pick<GitopsComponent, 'name'>) {
  return { 'app.kubernetes.io/name': name };
}

/** What everything of a component is labelled with, in every environment. */
export function labelsOf(
  component: Pick<GitopsComponent, 'name' | 'system'>,
): Record<string, string> {
  return {
    ...selectorOf(component),
    'app.kubernetes.io/part-of': component.system,
    'fairway.dev/component': component.name,
    'backstage.io/kubernetes-id': component.name,
  };
}

/** Whether others reach a component by a Service. */
export function hasService({ kind, ports }: GitopsComponent): boolean {
  return kind !== 'worker' && Object.keys(ports).length > 0;
}
