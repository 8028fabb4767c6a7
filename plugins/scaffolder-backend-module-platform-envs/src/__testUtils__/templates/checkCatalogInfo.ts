import {
  apiEntityV1alpha1Validator,
  componentEntityV1alpha1Validator,
  resourceEntityV1alpha1Validator,
} from '@backstage/catalog-model';
import { parse, parseAllDocuments } from 'yaml';
import { RenderedFile } from './startRenderer';

const VALIDATORS: Record<string, { check(data: unknown): Promise<boolean> }> = {
  API: apiEntityV1alpha1Validator,
  Component: componentEntityV1alpha1Validator,
  Resource: resourceEntityV1alpha1Validator,
};

/** What a definition of each type begins with, once it is read. */
const DEFINITIONS: Record<string, (text: string) => boolean> = {
  openapi: text => /^3\./.test(parse(text)?.openapi) && parse(text).paths,
  asyncapi: text => /^[23]\./.test(parse(text)?.asyncapi),
  grpc: text => /^service \w+ \{/m.test(text),
  graphql: text => /^(type|extend type|schema)\b/m.test(text),
};

/** Form values that the entity has to repeat. */
export interface ExpectedEntity {
  name: string;
  system?: string;
  owner?: string;
  description?: string;
}

/** What is wrong with `catalog-info.yaml` and the API definitions that it names. */
export async function checkCatalogInfo(
  files: RenderedFile[],
  expected: ExpectedEntity,
): Promise<string[]> {
  const textOf = (path: string) =>
    files.find(file => file.path === path)?.content.toString('utf8');
  const text = textOf('catalog-info.yaml');
  if (text === undefined) return ['catalog-info.yaml is missing'];
  const entities = parseAllDocuments(text).map(document => document.toJS());
  const complaints: string[] = [];
  for (const entity of entities) {
    const where = `catalog-info.yaml: ${entity?.kind} ${entity?.metadata?.name}`;
    const reference = entity?.spec?.definition?.$text;
    if (reference !== undefined) {
      const definition = textOf(String(reference).replace(/^\.\//, ''));
      if (definition === undefined) {
        complaints.push(`${where}: there is no ${reference}`);
      } else if (!DEFINITIONS[entity.spec.type]?.(definition)) {
        complaints.push(`${where}: ${reference} is no ${entity.spec.type}`);
      }
      entity.spec.definition = definition ?? 'missing';
    }
    try {
      if (!(await VALIDATORS[entity.kind]?.check(entity))) {
        complaints.push(`${where}: is of an unknown kind`);
      }
    } catch (error) {
      complaints.push(`${where}: ${(error as Error).message}`);
    }
  }
  const component = entities.find(entity => entity.kind === 'Component');
  if (!component) return [...complaints, 'catalog-info.yaml: no Component'];
  const apis = entities
    .filter(entity => entity.kind === 'API')
    .map(entity => entity.metadata.name);
  const differences = Object.entries({
    name: [component.metadata.name, expected.name],
    description: [component.metadata.description, expected.description],
    owner: [component.spec.owner, expected.owner],
    system: [component.spec.system, expected.system?.split('/').pop()],
    providesApis: [String(component.spec.providesApis ?? []), String(apis)],
  }).filter(([, [is, wanted]]) => wanted !== undefined && is !== wanted);
  return [
    ...complaints,
    ...differences.map(
      ([key, [is, wanted]]) =>
        `catalog-info.yaml: ${key} is ${is}, and not ${wanted}`,
    ),
  ];
}
