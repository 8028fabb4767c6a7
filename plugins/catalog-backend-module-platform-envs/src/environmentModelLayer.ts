import { createCatalogModelLayer } from '@backstage/catalog-model/alpha';
import {
  ANNOTATION_AURORA_CLUSTER,
  ANNOTATION_AURORA_GLOBAL_CLUSTER,
  ANNOTATION_AWS_ACCOUNT_ID,
  ANNOTATION_AWS_REGION,
  ANNOTATION_ENVIRONMENTS,
  ANNOTATION_GITOPS_NAME,
  ANNOTATION_LANGUAGE,
  AVAILABILITIES,
  DELIVERY_POLICIES,
  ENVIRONMENT_API_VERSION,
  ENVIRONMENT_KIND,
  ENVIRONMENT_LIFECYCLES,
  ENVIRONMENT_RUNTIMES,
  ENVIRONMENT_TIERS,
  REGION_ROLES,
  RELATION_RUNS,
  RELATION_RUNS_IN,
  ROUTINGS,
} from '@fairway/plugin-platform-envs-common';
import { AWS_REGIONS } from './awsRegions';

const [group, version] = ENVIRONMENT_API_VERSION.split('/');

const entityRef = (description: string) => ({
  type: 'string',
  minLength: 1,
  description,
});

const ENVIRONMENT_SCHEMA = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: [
        'shortName',
        'tier',
        'promotionOrder',
        'lifecycle',
        'owner',
        'system',
        'runtime',
        'regions',
        'availability',
        'delivery',
        'routing',
      ],
      properties: {
        shortName: {
          type: 'string',
          pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
          description:
            'The name within its system, as in overlays/<shortName>. The entity is named <system>-<shortName>.',
        },
        tier: {
          enum: [...ENVIRONMENT_TIERS],
          description:
            'What the environment is for, from the least to the most guarded.',
        },
        promotionOrder: {
          type: 'integer',
          minimum: 0,
          description:
            'Position on the way to production; lower comes first. Unique in a system.',
        },
        lifecycle: { enum: [...ENVIRONMENT_LIFECYCLES] },
        owner: entityRef('The group or user that answers for it.'),
        system: entityRef('The system whose components run in it.'),
        runtime: {
          enum: [...ENVIRONMENT_RUNTIMES],
          description: 'What runs the workloads.',
        },
        awsAccountId: {
          type: 'string',
          pattern: '^[0-9]{12}$',
          description: 'Twelve digits. Required unless the runtime is local.',
        },
        regions: {
          type: 'array',
          description:
            'Exactly one is primary. Empty only when the runtime is local.',
          items: {
            type: 'object',
            required: ['name', 'role'],
            properties: {
              name: { enum: [...AWS_REGIONS] },
              role: { enum: [...REGION_ROLES] },
            },
          },
        },
        availability: {
          enum: [...AVAILABILITIES],
          description: 'How it survives the loss of a zone or a region.',
        },
        cluster: entityRef('The cluster that the workloads run on.'),
        namespace: {
          type: 'string',
          description: 'Kubernetes namespace, or ECS service namespace.',
        },
        database: entityRef('The database that it writes to.'),
        delivery: {
          type: 'object',
          required: ['policy'],
          description: 'How a release gets here.',
          properties: {
            policy: {
              enum: [...DELIVERY_POLICIES],
              description:
                'auto: on merge. manual: when somebody who may starts a promotion. gated: after approval by others.',
            },
            minApprovals: {
              type: 'integer',
              minimum: 0,
              description:
                'Approvals needed beside the requester. Required and at least 1 when gated.',
            },
            approvers: {
              type: 'array',
              items: entityRef('A group whose members may approve.'),
              description: 'Required and not empty when gated.',
            },
          },
        },
        routing: {
          enum: [...ROUTINGS],
          description: 'How requests find it.',
        },
        planCostPerMonth: {
          type: 'object',
          required: ['amount', 'currency'],
          description: 'What it was planned to cost a month.',
          properties: {
            amount: { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?$' },
            currency: { type: 'string', pattern: '^[A-Z]{3}$' },
          },
        },
        gitops: {
          type: 'object',
          required: ['repository', 'branch', 'path'],
          description: 'Where the desired state is kept.',
          properties: {
            repository: {
              type: 'string',
              description: 'owner/name on the configured Git host.',
            },
            branch: { type: 'string' },
            path: {
              type: 'string',
              description:
                'Folder that holds base, overlays and apps, or the tfvars files.',
            },
          },
        },
        dependsOn: {
          type: 'array',
          items: entityRef('A resource or component.'),
          description: 'What it is made of and needs.',
        },
      },
    },
  },
};

/**
 * Declares the kind Environment: its schema, the relations that follow from
 * its fields, and the pair `runsIn` / `runs` with components.
 *
 * The model layer API is alpha: it is used in this file only. Rules between
 * fields, and messages for people, are in `validateEnvironment.ts`.
 */
export const environmentModelLayer = createCatalogModelLayer({
  layerId: `${group}/kind-environment`,
  builder: model => {
    model.addKind({
      group,
      names: {
        kind: ENVIRONMENT_KIND,
        singular: 'environment',
        plural: 'environments',
      },
      description: 'A named place where the components of a system run.',
      versions: [
        {
          name: version,
          relationFields: [
            {
              selector: { path: 'spec.owner' },
              relation: 'ownedBy',
              defaultKind: 'Group',
              defaultNamespace: 'inherit',
              allowedKinds: ['Group', 'User'],
            },
            {
              selector: { path: 'spec.system' },
              relation: 'partOf',
              defaultKind: 'System',
              defaultNamespace: 'inherit',
              allowedKinds: ['System'],
            },
            ...['spec.cluster', 'spec.database'].map(path => ({
              selector: { path },
              relation: 'dependsOn',
              defaultKind: 'Resource',
              defaultNamespace: 'inherit' as const,
              allowedKinds: ['Resource'],
            })),
            {
              selector: { path: 'spec.dependsOn' },
              relation: 'dependsOn',
              defaultKind: 'Resource',
              defaultNamespace: 'inherit',
              allowedKinds: ['Resource', 'Component'],
            },
          ],
          schema: { jsonSchema: ENVIRONMENT_SCHEMA },
        },
      ],
    });

    // a pair that is not declared for a kind gets no inverse
    model.addRelationPair({
      fromKind: ENVIRONMENT_KIND,
      toKind: ['Group', 'User'],
      description: 'Who answers for an environment.',
      forward: { type: 'ownedBy', title: 'owned by' },
      reverse: { type: 'ownerOf', title: 'owner of' },
    });
    model.addRelationPair({
      fromKind: ENVIRONMENT_KIND,
      toKind: 'System',
      description: 'The system that an environment belongs to.',
      forward: { type: 'partOf', title: 'part of' },
      reverse: { type: 'hasPart', title: 'has part' },
    });
    model.addRelationPair({
      fromKind: ENVIRONMENT_KIND,
      toKind: ['Resource', 'Component'],
      description: 'What an environment is made of and needs.',
      forward: { type: 'dependsOn', title: 'depends on' },
      reverse: { type: 'dependencyOf', title: 'dependency of' },
    });
    model.addRelationPair({
      fromKind: 'Component',
      toKind: ENVIRONMENT_KIND,
      description: 'The environments that a component runs in.',
      forward: { type: RELATION_RUNS_IN, title: 'runs in' },
      reverse: { type: RELATION_RUNS, title: 'runs' },
    });

    model.addAnnotation({
      name: ANNOTATION_ENVIRONMENTS,
      title: 'Environments',
      description:
        'On a component: comma-separated short names of the environments of its system that it runs in, e.g. dev,uat,prod.',
    });
    model.addAnnotation({
      name: ANNOTATION_LANGUAGE,
      title: 'Language',
      description: 'On a component: its programming language, lower case.',
    });
    model.addAnnotation({
      name: ANNOTATION_GITOPS_NAME,
      title: 'GitOps name',
      description:
        'On a component: its name in the GitOps and image repositories, where it differs.',
    });
    model.addAnnotation({
      name: ANNOTATION_AURORA_GLOBAL_CLUSTER,
      title: 'Aurora global cluster',
      description:
        'On a resource of type aurora-global-database: the global cluster identifier.',
    });
    model.addAnnotation({
      name: ANNOTATION_AURORA_CLUSTER,
      title: 'Aurora cluster',
      description:
        'On a resource of type aurora-cluster: the DB cluster identifier.',
    });
    model.addAnnotation({
      name: ANNOTATION_AWS_ACCOUNT_ID,
      title: 'AWS account',
      description: 'On a resource: the twelve digits of its AWS account.',
    });
    model.addAnnotation({
      name: ANNOTATION_AWS_REGION,
      title: 'AWS region',
      description: 'On a resource: its AWS region.',
    });
  },
});
