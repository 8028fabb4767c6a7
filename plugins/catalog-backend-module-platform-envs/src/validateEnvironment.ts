import { Entity, parseEntityRef } from '@backstage/catalog-model';
import {
  AVAILABILITIES,
  DELIVERY_POLICIES,
  ENVIRONMENT_API_VERSION,
  ENVIRONMENT_LIFECYCLES,
  ENVIRONMENT_RUNTIMES,
  ENVIRONMENT_TIERS,
  REGION_ROLES,
  ROUTINGS,
} from '@fairway/plugin-platform-envs-common';
import { AWS_REGIONS } from './awsRegions';
import {
  entityRef,
  entityRefs,
  Fields,
  isFields,
  matches,
  misspelled,
  oneOf,
  optional,
  problem,
  quote,
  wholeNumber,
} from './fieldProblems';

const KNOWN_FIELDS = [
  'shortName',
  'tier',
  'promotionOrder',
  'lifecycle',
  'owner',
  'system',
  'runtime',
  'awsAccountId',
  'regions',
  'availability',
  'cluster',
  'namespace',
  'database',
  'delivery',
  'routing',
  'planCostPerMonth',
  'gitops',
  'dependsOn',
];
const KNOWN_DELIVERY_FIELDS = ['policy', 'minApprovals', 'approvers'];

const SHORT_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const ACCOUNT_ID = /^[0-9]{12}$/;
const AMOUNT = /^[0-9]+(\.[0-9]+)?$/;
const CURRENCY = /^[A-Z]{3}$/;
const REPOSITORY = /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;
const BRANCH = /^[A-Za-z0-9_][A-Za-z0-9_./-]*$/;

/**
 * Says what is wrong with an Environment, in sentences that name the field,
 * the value that was found and what is allowed.
 *
 * One sentence a problem, in the order of the fields; an empty list when the
 * entity is good. Looks at the entity alone: whether the things it refers to
 * exist is not its business.
 */
export function validateEnvironment(entity: Entity): string[] {
  if (entity.apiVersion !== ENVIRONMENT_API_VERSION) {
    return [
      problem('apiVersion', entity.apiVersion, `"${ENVIRONMENT_API_VERSION}"`),
    ];
  }
  if (!isFields(entity.spec)) {
    return [
      problem(
        'spec',
        entity.spec,
        'the fields of the environment, such as tier',
      ),
    ];
  }
  const spec: Fields = entity.spec;
  return [
    ...misspelled('spec', spec, KNOWN_FIELDS),
    ...validateNames(entity.metadata.name, spec),
    ...oneOf('spec.tier', spec.tier, ENVIRONMENT_TIERS),
    ...wholeNumber('spec.promotionOrder', spec.promotionOrder, 0),
    ...oneOf('spec.lifecycle', spec.lifecycle, ENVIRONMENT_LIFECYCLES),
    ...entityRef('spec.owner', spec.owner, ['group', 'user']),
    ...entityRef('spec.system', spec.system, ['system']),
    ...oneOf('spec.runtime', spec.runtime, ENVIRONMENT_RUNTIMES),
    ...validateAccount(spec),
    ...validateRegions(spec),
    ...oneOf('spec.availability', spec.availability, AVAILABILITIES),
    ...optional(spec.cluster, v => entityRef('spec.cluster', v, ['resource'])),
    ...optional(spec.namespace, v =>
      matches(
        'spec.namespace',
        v,
        SHORT_NAME,
        'lower-case letters, digits and dashes',
      ),
    ),
    ...optional(spec.database, v =>
      entityRef('spec.database', v, ['resource']),
    ),
    ...validateDelivery(spec.delivery),
    ...oneOf('spec.routing', spec.routing, ROUTINGS),
    ...optional(spec.planCostPerMonth, validatePlanCost),
    ...optional(spec.gitops, validateGitops),
    ...optional(spec.dependsOn, v =>
      entityRefs('spec.dependsOn', v, ['resource', 'component']),
    ),
  ];
}

function validateNames(name: string, spec: Fields): string[] {
  const problems = matches(
    'spec.shortName',
    spec.shortName,
    SHORT_NAME,
    'the name of the environment within its system in lower-case letters, digits and dashes, such as dev or prod',
  );
  const system = spec.system;
  if (
    problems.length === 0 &&
    entityRef('spec.system', system, ['system']).length === 0
  ) {
    const systemName = parseEntityRef(system as string, {
      defaultKind: 'system',
    }).name;
    const expected = `${systemName}-${spec.shortName}`;
    // components find their environments by this name
    if (name !== expected) {
      problems.push(
        problem(
          'metadata.name',
          name,
          `the system and the short name, "${expected}"`,
        ),
      );
    }
  }
  return problems;
}

function validateAccount(spec: Fields): string[] {
  const path = 'spec.awsAccountId';
  if (spec.awsAccountId === undefined) {
    return spec.runtime === 'eks' || spec.runtime === 'ecs'
      ? [
          `${path} is missing; an environment with runtime ${spec.runtime} needs the twelve digits of its AWS account`,
        ]
      : [];
  }
  return typeof spec.awsAccountId === 'number'
    ? [
        problem(
          path,
          spec.awsAccountId,
          'twelve digits in quotes, or leading zeros are lost',
        ),
      ]
    : matches(path, spec.awsAccountId, ACCOUNT_ID, 'twelve digits in quotes');
}

function validateRegions(spec: Fields): string[] {
  const path = 'spec.regions';
  const regions = spec.regions;
  if (!Array.isArray(regions)) {
    return [
      problem(path, regions, 'a list of regions, each with name and role'),
    ];
  }
  if (regions.length === 0) {
    return spec.runtime === 'local'
      ? []
      : [
          `${path} is empty; only an environment with runtime local has no region`,
        ];
  }

  const problems: string[] = [];
  const seen = new Set<unknown>();
  let primaries = 0;
  regions.forEach((region: unknown, i) => {
    if (!isFields(region)) {
      problems.push(problem(`${path}[${i}]`, region, 'a name and a role'));
      return;
    }
    problems.push(
      ...oneOf(`${path}[${i}].name`, region.name, AWS_REGIONS),
      ...oneOf(`${path}[${i}].role`, region.role, REGION_ROLES),
    );
    if (seen.has(region.name)) {
      problems.push(
        `${path}[${i}].name is ${quote(
          region.name,
        )} a second time; each region is listed once`,
      );
    }
    seen.add(region.name);
    if (region.role === 'primary') primaries++;
  });
  if (primaries !== 1) {
    problems.push(
      `${path} has ${
        primaries === 0 ? 'no region' : `${primaries} regions`
      } with role primary; exactly one must be primary`,
    );
  }
  return problems;
}

function validateDelivery(delivery: unknown): string[] {
  const path = 'spec.delivery';
  if (!isFields(delivery)) {
    return [
      problem(
        path,
        delivery,
        `an object whose policy is one of ${DELIVERY_POLICIES.join(', ')}`,
      ),
    ];
  }
  const problems = [
    ...misspelled(path, delivery, KNOWN_DELIVERY_FIELDS),
    ...oneOf(`${path}.policy`, delivery.policy, DELIVERY_POLICIES),
  ];
  const { policy, minApprovals, approvers } = delivery;
  if (policy === 'gated') {
    if (minApprovals === undefined) {
      problems.push(
        `${path}.minApprovals is missing; a gated environment needs at least 1`,
      );
    } else {
      problems.push(...wholeNumber(`${path}.minApprovals`, minApprovals, 1));
    }
    if (
      approvers === undefined ||
      (Array.isArray(approvers) && approvers.length === 0)
    ) {
      problems.push(
        `${path}.approvers is ${
          approvers === undefined ? 'missing' : 'empty'
        }; a gated environment needs at least one group whose members may approve`,
      );
    } else {
      problems.push(...entityRefs(`${path}.approvers`, approvers, ['group']));
    }
    return problems;
  }

  // approvals that nobody would ask for must not look as if they guarded something
  if (minApprovals !== undefined && minApprovals !== 0) {
    problems.push(
      `${path}.minApprovals is ${quote(
        minApprovals,
      )}; it must be 0 or left out unless ${path}.policy is gated`,
    );
  }
  if (
    approvers !== undefined &&
    !(Array.isArray(approvers) && approvers.length === 0)
  ) {
    problems.push(
      `${path}.approvers is given; it must be left out unless ${path}.policy is gated`,
    );
  }
  return problems;
}

function validatePlanCost(cost: unknown): string[] {
  const path = 'spec.planCostPerMonth';
  if (!isFields(cost)) {
    return [problem(path, cost, 'an amount and a currency')];
  }
  return [
    ...matches(
      `${path}.amount`,
      cost.amount,
      AMOUNT,
      'a decimal number in quotes, such as "423.00"',
    ),
    ...matches(
      `${path}.currency`,
      cost.currency,
      CURRENCY,
      'an ISO 4217 code of three capital letters, such as USD',
    ),
  ];
}

function validateGitops(gitops: unknown): string[] {
  const path = 'spec.gitops';
  if (!isFields(gitops)) {
    return [problem(path, gitops, 'a repository, a branch and a path')];
  }
  const folder = gitops.path;
  const folderIsGood =
    typeof folder === 'string' &&
    folder !== '' &&
    !folder.startsWith('/') &&
    !folder.split('/').some(part => part === '..' || part === '');
  return [
    ...matches(
      `${path}.repository`,
      gitops.repository,
      REPOSITORY,
      'owner/name on the configured Git host, without a URL',
    ),
    ...matches(
      `${path}.branch`,
      gitops.branch,
      BRANCH,
      'the name of a branch, such as main',
    ),
    ...(folderIsGood
      ? []
      : [
          problem(
            `${path}.path`,
            folder,
            'a folder below the root of the repository, without a slash at either end, or "."',
          ),
        ]),
  ];
}
