import { AwsError } from '../AwsError';
import { Template } from './parseTemplate';

/**
 * Logical ids in an order in which each resource comes after those that it
 * refers to.
 *
 * @throws AwsError - ValidationError for references to nothing, and for circles.
 */
export function creationOrder(template: Template, active: string[]): string[] {
  checkReferences(template);
  const order: string[] = [];
  const visiting = new Set<string>();
  const visit = (logicalId: string) => {
    if (order.includes(logicalId) || !active.includes(logicalId)) {
      return;
    }
    if (visiting.has(logicalId)) {
      throw new AwsError(
        'ValidationError',
        `Circular dependency between resources: [${[...visiting].join(', ')}]`,
      );
    }
    visiting.add(logicalId);
    const { DependsOn, ...resource } = template.Resources[logicalId];
    [...referencesIn(resource), ...[DependsOn ?? []].flat()]
      .filter(name => name in template.Resources)
      .forEach(visit);
    visiting.delete(logicalId);
    order.push(logicalId);
  };
  active.forEach(visit);
  return order;
}

function checkReferences(template: Template): void {
  for (const [section, content] of [
    ['Resources', template.Resources],
    ['Outputs', template.Outputs],
  ] as const) {
    const dependsOn = Object.values(template.Resources).flatMap(
      resource => resource.DependsOn ?? [],
    );
    const unresolved = [
      ...new Set([...referencesIn(content), ...dependsOn]),
    ].filter(
      name =>
        !name.startsWith('AWS::') &&
        !(name in template.Parameters) &&
        !(name in template.Resources),
    );
    if (unresolved.length > 0) {
      throw new AwsError(
        'ValidationError',
        `Template format error: Unresolved resource dependencies [${unresolved.join(
          ', ',
        )}] in the ${section} block of the template`,
      );
    }
  }
}

/** Names that `Ref`, `Fn::GetAtt` and `Fn::Sub` mention anywhere in a value. */
function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(referencesIn);
  }
  if (value === null || typeof value !== 'object') {
    return [];
  }
  return Object.entries(value).flatMap(([key, item]) => {
    switch (key) {
      case 'Ref':
        return [String(item)];
      case 'Fn::GetAtt':
        return [Array.isArray(item) ? item[0] : String(item).split('.')[0]];
      case 'Fn::Sub': {
        const [text, variables] = Array.isArray(item) ? item : [item, {}];
        const names = [...String(text).matchAll(/\$\{([^!}][^}]*)\}/g)]
          .map(([, name]) => name.trim().split('.')[0])
          .filter(name => !(name in (variables ?? {})));
        return [...names, ...referencesIn(variables)];
      }
      default:
        return referencesIn(item);
    }
  });
}
