import { KUBERNETES_VERSION } from '../../world/kubernetes/infrastructure';
import {
  apiVersionOf,
  groups,
  RESOURCE_TYPES,
  ResourceType,
} from './resources';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

const text = (description: string) => ({ type: 'string', description });

/** `io.k8s.api.apps.v1.Deployment` */
function nameOf({ group, version, kind }: ResourceType): string {
  const short = group.split('.')[0] || 'core';
  return `io.k8s.api.${short}.${version}.${kind}`;
}

function groupVersionKind({ group, version, kind }: ResourceType) {
  return { group, version, kind };
}

/** The outline of a type: what it has in common with all others, with open `spec` and `status`. */
function schemaOf(type: ResourceType, reference: string) {
  return {
    type: 'object',
    description: `${type.kind} of ${apiVersionOf(type)}.`,
    properties: {
      apiVersion: text(
        'APIVersion defines the versioned schema of this representation of an object.',
      ),
      kind: text(
        'Kind is a string value representing the REST resource this object represents.',
      ),
      metadata: { $ref: `${reference}${META}` },
      spec: {
        type: 'object',
        description: `Specification of the desired behavior of the ${type.kind}.`,
        'x-kubernetes-preserve-unknown-fields': true,
      },
      status: {
        type: 'object',
        description: `Most recently observed status of the ${type.kind}.`,
        'x-kubernetes-preserve-unknown-fields': true,
      },
    },
    'x-kubernetes-group-version-kind': [groupVersionKind(type)],
  };
}

const metaSchema = {
  type: 'object',
  description: "Standard object's metadata.",
  properties: {
    name: text('Name must be unique within a namespace.'),
    namespace: text(
      'Namespace defines the space within which each name must be unique.',
    ),
    uid: text('UID is the unique in time and space value for this object.'),
    resourceVersion: text('The internal version of this object.'),
    creationTimestamp: text('When this object was created.'),
    labels: {
      type: 'object',
      description:
        'Map of string keys and values that can be used to organize and categorize objects.',
      additionalProperties: { type: 'string' },
    },
    annotations: {
      type: 'object',
      description:
        'Map of string keys and values that may be set by external tools.',
      additionalProperties: { type: 'string' },
    },
  },
};

function pathsOf(types: ResourceType[], response: (name: string) => object) {
  return Object.fromEntries(
    types.map(type => {
      const base = type.group
        ? `/apis/${type.group}/${type.version}`
        : `/api/${type.version}`;
      const namespace = type.namespaced ? '/namespaces/{namespace}' : '';
      return [
        `${base}${namespace}/${type.plural}/{name}`,
        {
          get: {
            description: `read the specified ${type.kind}`,
            operationId: `read${type.kind}`,
            responses: {
              200: { description: 'OK', ...response(nameOf(type)) },
            },
            'x-kubernetes-action': 'get',
            'x-kubernetes-group-version-kind': groupVersionKind(type),
          },
        },
      ];
    }),
  );
}

const info = { title: 'Kubernetes', version: KUBERNETES_VERSION };

/** `/openapi/v2`: every served type in outline. */
export function openApiV2(): object {
  const reference = '#/definitions/';
  return {
    swagger: '2.0',
    info,
    paths: pathsOf(RESOURCE_TYPES, name => ({
      schema: { $ref: `${reference}${name}` },
    })),
    definitions: {
      [META]: metaSchema,
      ...Object.fromEntries(
        RESOURCE_TYPES.map(type => [nameOf(type), schemaOf(type, reference)]),
      ),
    },
  };
}

/** `/openapi/v3`: where the document of each group and version is. */
export function openApiV3Index(): object {
  const paths = [...groups()].flatMap(([group, versions]) =>
    versions.map(version =>
      group ? `apis/${group}/${version}` : `api/${version}`,
    ),
  );
  return {
    paths: Object.fromEntries(
      paths.map(path => [
        path,
        { serverRelativeURL: `/openapi/v3/${path}?hash=${KUBERNETES_VERSION}` },
      ]),
    ),
  };
}

/** `/openapi/v3/apis/<group>/<version>`: the types of one group and version in outline. */
export function openApiV3(group: string, version: string): object {
  const reference = '#/components/schemas/';
  const types = RESOURCE_TYPES.filter(
    type => type.group === group && type.version === version,
  );
  return {
    openapi: '3.0.0',
    info,
    paths: pathsOf(types, name => ({
      content: {
        'application/json': { schema: { $ref: `${reference}${name}` } },
      },
    })),
    components: {
      schemas: {
        [META]: metaSchema,
        ...Object.fromEntries(
          types.map(type => [nameOf(type), schemaOf(type, reference)]),
        ),
      },
    },
  };
}
