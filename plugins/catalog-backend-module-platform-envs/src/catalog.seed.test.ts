import SwaggerParser from '@apidevtools/swagger-parser';
import asyncapi from '@asyncapi/specs';
import {
  apiEntityV1alpha1Validator,
  componentEntityV1alpha1Validator,
  DefaultNamespaceEntityPolicy,
  domainEntityV1alpha1Validator,
  Entity,
  EntityPolicies,
  FieldFormatEntityPolicy,
  groupEntityV1alpha1Validator,
  KindValidator,
  locationEntityV1alpha1Validator,
  NoForeignRootFieldsEntityPolicy,
  parseEntityRef,
  resourceEntityV1alpha1Validator,
  SchemaValidEntityPolicy,
  stringifyEntityRef,
  systemEntityV1alpha1Validator,
  userEntityV1alpha1Validator,
} from '@backstage/catalog-model';
import {
  ANNOTATION_AURORA_CLUSTER,
  ANNOTATION_AURORA_GLOBAL_CLUSTER,
  ANNOTATION_AWS_ACCOUNT_ID,
  ANNOTATION_AWS_REGION,
  EnvironmentEntity,
} from '@fairway/plugin-platform-envs-common';
import Ajv from 'ajv';
import { buildSchema } from 'graphql';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Namespace, parse as parseProto, Service } from 'protobufjs';
import { parse as parseYaml, parseAllDocuments } from 'yaml';
import { readEnvironmentsAnnotation } from './environmentsAnnotation';
import { validateEnvironment } from './validateEnvironment';

const root = resolve(__dirname, '../../..');
const catalogFolder = join(root, 'catalog');

/** An entity and the file that it stands in, relative to the repository. */
type Seed = { entity: Entity; file: string };

function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return entry.name === 'docs' ? [] : yamlFiles(path);
    }
    return entry.name.endsWith('.yaml') ? [path] : [];
  });
}

const files = [...yamlFiles(catalogFolder), join(root, 'catalog-info.yaml')];
const seeds: Seed[] = files.flatMap(path =>
  parseAllDocuments(readFileSync(path, 'utf8')).map(document => {
    if (document.errors.length > 0) {
      throw new Error(`${relative(root, path)}: ${document.errors[0].message}`);
    }
    return { entity: document.toJS() as Entity, file: relative(root, path) };
  }),
);
const refs = new Set(seeds.map(({ entity }) => stringifyEntityRef(entity)));
const named = seeds.map(
  seed => [stringifyEntityRef(seed.entity), seed] as const,
);
const ofKind = (kind: string) =>
  named.filter(([, { entity }]) => entity.kind === kind);
const environments = ofKind('Environment').map(
  ([, { entity }]) => entity as EnvironmentEntity,
);

const validators: Record<string, KindValidator> = {
  API: apiEntityV1alpha1Validator,
  Component: componentEntityV1alpha1Validator,
  Domain: domainEntityV1alpha1Validator,
  Group: groupEntityV1alpha1Validator,
  Location: locationEntityV1alpha1Validator,
  Resource: resourceEntityV1alpha1Validator,
  System: systemEntityV1alpha1Validator,
  User: userEntityV1alpha1Validator,
};

const policy = EntityPolicies.allOf([
  new SchemaValidEntityPolicy(),
  new DefaultNamespaceEntityPolicy(),
  new NoForeignRootFieldsEntityPolicy(),
  new FieldFormatEntityPolicy(),
]);

/** Where a spec refers to other entities, and what a short reference means there. */
const REFERENCES: Array<[path: string, defaultKind: string | undefined]> = [
  ['owner', 'group'],
  ['system', 'system'],
  ['domain', 'domain'],
  ['dependsOn', undefined],
  ['dependencyOf', undefined],
  ['providesApis', 'api'],
  ['consumesApis', 'api'],
  ['subcomponentOf', 'component'],
  ['subdomainOf', 'domain'],
  ['memberOf', 'group'],
  ['members', 'user'],
  ['parent', 'group'],
  ['children', 'group'],
  ['cluster', 'resource'],
  ['database', 'resource'],
  ['delivery.approvers', 'group'],
];

function referencesOf(entity: Entity): Array<[path: string, ref: string]> {
  const fromSpec = REFERENCES.flatMap(([path, defaultKind]) => {
    const value = path
      .split('.')
      .reduce<any>((at, key) => at?.[key], entity.spec);
    const kind =
      entity.kind === 'Environment' && path === 'dependsOn'
        ? 'resource'
        : defaultKind;
    return [value]
      .flat()
      .filter(v => v !== undefined)
      .map((v): [string, string] => [
        `spec.${path}`,
        stringifyEntityRef(
          parseEntityRef(v, {
            defaultKind: kind,
            defaultNamespace: 'default',
          }),
        ),
      ]);
  });
  const fromAnnotation = readEnvironmentsAnnotation(entity).map(
    (shortName): [string, string] => [
      'the environments annotation',
      `environment:default/${entity.spec?.system}-${shortName}`,
    ],
  );
  return [...fromSpec, ...fromAnnotation];
}

async function kindProblems(entity: Entity): Promise<string[]> {
  if (entity.kind === 'Environment') {
    return validateEnvironment(entity);
  }
  return (await validators[entity.kind].check(entity))
    ? []
    : [`${entity.apiVersion} is not the version of ${entity.kind}`];
}

/**
 * How many operations an API offers.
 *
 * @throws Error - the definition does not parse as its type.
 */
async function countOperations(
  type: string,
  definition: string,
): Promise<number> {
  switch (type) {
    case 'openapi': {
      const { paths } = await SwaggerParser.validate(parseYaml(definition));
      const items: object[] = Object.values(paths ?? {});
      return items
        .flatMap(item => Object.values(item))
        .filter(operation => operation.operationId).length;
    }
    case 'graphql': {
      const schema = buildSchema(definition);
      return [schema.getQueryType(), schema.getMutationType()].flatMap(t =>
        Object.keys(t?.getFields() ?? {}),
      ).length;
    }
    case 'grpc': {
      const { root: proto, package: name } = parseProto(definition);
      const { nestedArray } = proto.lookup(name!) as Namespace;
      return nestedArray
        .filter((nested): nested is Service => nested instanceof Service)
        .flatMap(service => service.methodsArray).length;
    }
    case 'asyncapi': {
      const document = parseYaml(definition);
      const operations = Object.values<any>(document.channels).filter(
        channel => channel.subscribe,
      ).length;
      const validate = new Ajv({
        strict: false,
        validateFormats: false,
        // the schema brings its own copy of the meta schema
        meta: false,
        validateSchema: false,
      }).compile((asyncapi.schemas as Record<string, any>)[document.asyncapi]);
      if (!validate(document)) {
        throw new Error(JSON.stringify(validate.errors, undefined, 2));
      }
      return operations;
    }
    default:
      throw new Error(`no parser for an API of type ${type}`);
  }
}

describe('the seed catalog', () => {
  it('is listed completely in all.yaml', () => {
    const all = seeds.find(({ file }) => file === 'catalog/all.yaml')!.entity;
    const listed = (all.spec!.targets as string[]).map(target =>
      join(catalogFolder, target),
    );
    expect(listed.sort()).toEqual(
      yamlFiles(catalogFolder)
        .filter(path => !path.endsWith('/all.yaml'))
        .sort(),
    );
  });

  it('uses every name once', () => {
    const seen = named.map(([ref]) => ref);
    expect(seen.filter((ref, i) => seen.indexOf(ref) !== i)).toEqual([]);
  });

  it.each(named)('%s is valid', async (_, { entity }) => {
    await policy.enforce(entity);
    expect(await kindProblems(entity)).toEqual([]);
  });

  it.each(named)('%s says what it is', (_, { entity }) => {
    expect(entity.metadata.description).toBeTruthy();
  });

  it('refers to nothing that is not there', () => {
    const dangling = named.flatMap(([ref, { entity, file }]) =>
      referencesOf(entity)
        .filter(([, target]) => !refs.has(target))
        .map(([path, target]) => `${file}: ${ref} ${path} -> ${target}`),
    );
    expect(dangling).toEqual([]);
  });

  it('leaves nothing without an owner', () => {
    const unowned = named
      .filter(
        ([, { entity }]) =>
          !['Group', 'User', 'Location'].includes(entity.kind) &&
          !entity.spec?.owner,
      )
      .map(([ref]) => ref);
    expect(unowned).toEqual([]);
  });

  it('puts every component, API, resource and environment into a system', () => {
    const homeless = named
      .filter(
        ([, { entity }]) =>
          ['API', 'Component', 'Environment', 'Resource'].includes(
            entity.kind,
          ) && !entity.spec?.system,
      )
      .map(([ref]) => ref);
    expect(homeless).toEqual([]);
  });

  it('has no API that nobody provides', () => {
    const provided = new Set(
      ofKind('Component').flatMap(([, { entity }]) =>
        referencesOf(entity)
          .filter(([path]) => path === 'spec.providesApis')
          .map(([, target]) => target),
      ),
    );
    expect(
      ofKind('API')
        .map(([ref]) => ref)
        .filter(ref => !provided.has(ref)),
    ).toEqual([]);
  });

  it('never depends on itself in a circle', () => {
    const dependencies = new Map(
      named.map(([ref, { entity }]) => [
        ref,
        referencesOf(entity)
          .filter(([path]) =>
            ['spec.dependsOn', 'spec.cluster', 'spec.database'].includes(path),
          )
          .map(([, target]) => target),
      ]),
    );
    const visit = (ref: string, trail: string[]): string[] =>
      trail.includes(ref)
        ? [[...trail, ref].join(' -> ')]
        : (dependencies.get(ref) ?? []).flatMap(next =>
            visit(next, [...trail, ref]),
          );
    expect(named.flatMap(([ref]) => visit(ref, []))).toEqual([]);
  });

  describe('people', () => {
    it.each([
      'sample-platform-ai',
      'campaign-lifecycle-platform',
      'cornjacket-platform',
      'mobilytics',
    ])('gives %s a developer, a lead and somebody to approve', system => {
      const membersOf = (group: string) =>
        ofKind('User')
          .filter(([, { entity }]) =>
            (entity.spec!.memberOf as string[]).includes(group),
          )
          .map(([, { entity }]) => entity.metadata.name.split('-').pop());
      expect(membersOf(system).sort()).toEqual(['developer', 'lead']);
      expect(membersOf(`${system}-leads`)).toEqual(['lead']);
    });

    it('has an outsider who belongs to no group', () => {
      const [, { entity }] = ofKind('User').find(
        ([ref]) => ref === 'user:default/outsider',
      )!;
      expect(entity.spec!.memberOf).toEqual([]);
    });

    it('gives everybody a name and an address to show', () => {
      for (const [, { entity }] of ofKind('User')) {
        expect(entity.spec!.profile).toEqual({
          displayName: expect.any(String),
          email: `${entity.metadata.name}@example.com`,
        });
      }
    });
  });

  describe('environments', () => {
    it('are those of the four platforms, as they were agreed', () => {
      const lines = environments.map(({ spec }) =>
        [
          `${spec.system}/${spec.shortName}`,
          spec.runtime,
          spec.regions.map(r => `${r.name} ${r.role}`).join(' + '),
          spec.availability,
          spec.delivery.policy,
          spec.routing,
        ].join(' | '),
      );
      expect(lines.sort()).toEqual([
        'campaign-lifecycle-platform/dev | eks | us-east-1 primary | multi-az | auto | simple',
        'campaign-lifecycle-platform/prod | eks | us-east-1 primary | multi-az | gated | simple',
        'campaign-lifecycle-platform/staging | eks | us-east-1 primary | multi-az | manual | simple',
        'cornjacket-platform/dev | ecs | us-west-2 primary | single-az | auto | simple',
        'cornjacket-platform/local | local |  | single-host | manual | none',
        'cornjacket-platform/prod | ecs | us-west-2 primary | multi-az | gated | simple',
        'mobilytics/dev | ecs | us-east-1 primary | single-az | auto | simple',
        'mobilytics/dogfood | ecs | us-east-1 primary | single-az | auto | simple',
        'mobilytics/prod | ecs | us-east-1 primary | multi-az | gated | simple',
        'mobilytics/sandbox | ecs | us-east-1 primary | single-az | auto | simple',
        'mobilytics/staging | ecs | us-east-1 primary | single-az | manual | simple',
        'sample-platform-ai/dev | eks | ap-southeast-2 primary | single-az | auto | simple',
        'sample-platform-ai/prod | eks | ap-southeast-2 primary + ap-southeast-4 secondary | regional-and-az-failover | gated | latency-health-checked',
        'sample-platform-ai/uat | eks | ap-southeast-2 primary + ap-southeast-4 secondary | regional-failover | manual | latency',
      ]);
    });

    it('stand in one order on the way to production', () => {
      const positions = environments.map(
        ({ spec }) => `${spec.system} ${spec.promotionOrder}`,
      );
      expect(new Set(positions).size).toBe(positions.length);
    });

    it('keep the planned cost of campaign dev', () => {
      const dev = environments.find(
        e => e.metadata.name === 'campaign-lifecycle-platform-dev',
      )!;
      expect(dev.spec.planCostPerMonth).toEqual({
        amount: '423.00',
        currency: 'USD',
      });
    });

    it.each(
      environments
        .filter(e => e.spec.runtime !== 'local')
        .flatMap(e => [
          [e.metadata.name, 'cluster', e.spec.cluster, e] as const,
          [e.metadata.name, 'database', e.spec.database, e] as const,
        ]),
    )(
      '%s has its %s, %s, in its account and region',
      (_, __, ref, { spec }) => {
        const resource = seeds.find(
          ({ entity }) => stringifyEntityRef(entity) === ref,
        )!.entity;
        expect(resource.metadata.annotations).toMatchObject({
          [ANNOTATION_AWS_ACCOUNT_ID]: spec.awsAccountId,
          [ANNOTATION_AWS_REGION]: spec.regions.find(r => r.role === 'primary')!
            .name,
        });
      },
    );
  });

  describe('resources', () => {
    it.each(
      ofKind('Resource')
        .filter(([, { entity }]) =>
          String(entity.spec!.type).startsWith('aurora-'),
        )
        .map(([ref, { entity }]) => [ref, entity] as const),
    )('%s says which Aurora cluster it is', (_, entity) => {
      expect(
        entity.metadata.annotations![
          entity.spec!.type === 'aurora-global-database'
            ? ANNOTATION_AURORA_GLOBAL_CLUSTER
            : ANNOTATION_AURORA_CLUSTER
        ],
      ).toMatch(/^[a-z0-9-]+$/);
    });
  });

  describe('APIs', () => {
    it.each(
      ofKind('API').map(([ref, { entity }]) => [
        ref,
        entity.spec!.type as string,
        entity.spec!.definition as string,
      ]),
    )('%s is %s that parses', async (_, type, definition) => {
      expect(await countOperations(type, definition)).toBeGreaterThan(1);
    });
  });

  describe('docs', () => {
    const documented = named
      .map(
        ([ref, { entity, file }]) =>
          [
            ref,
            entity.metadata.annotations?.['backstage.io/techdocs-ref'],
            file,
          ] as const,
      )
      .filter(
        ([, techdocsRef, file]) =>
          techdocsRef !== undefined && file !== 'catalog-info.yaml',
      );

    it('are there for one component of each platform', () => {
      expect(documented).toHaveLength(4);
    });

    it.each(documented)('of %s are at %s', (_, techdocsRef, file) => {
      const folder = join(
        root,
        dirname(file),
        techdocsRef!.replace(/^dir:/, ''),
      );
      const { nav } = parseYaml(
        readFileSync(join(folder, 'mkdocs.yml'), 'utf8'),
      );
      for (const page of nav.map((item: object) => Object.values(item)[0])) {
        expect(existsSync(join(folder, 'docs', page))).toBe(true);
      }
    });
  });
});
