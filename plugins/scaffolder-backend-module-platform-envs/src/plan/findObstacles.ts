import {
  BackstageCredentials,
  LoggerService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { PlanFinding } from '@fairway/plugin-platform-envs-common';
import { ComponentInput } from '../gitops/componentInput';
import { prepareOverlayCommit } from '../gitops/prepareOverlayCommit';
import { checkFiles } from '../github/addFilesInOneCommit';
import { findMakers, getRepository } from '../github/componentRepository';
import { createGithubClient } from '../github/createGithubClient';
import { assertOwner } from '../platform/assertOwner';
import { assertComponentName } from '../platform/componentName';
import { openPlatform } from '../platform/openPlatform';
import { Platform } from '../platform/readPlatform';
import { applyComponentRegistry } from '../registry/applyComponentRegistry';
import { splitNextStep } from './splitNextStep';

/** The annotation that a component carries from the run that made it. */
export const ANNOTATION_CREATED_BY_TASK = 'fairway.dev/created-by-task';

/** What a run may create beside the catalog entry. */
export const CREATED_PARTS = [
  'repository',
  'registry',
  'desiredState',
] as const;

/** What a run may create beside the catalog entry. */
export type CreatedPart = (typeof CREATED_PARTS)[number];

/** Options of {@link findObstacles}. */
export interface FindObstaclesOptions {
  catalog: CatalogService;
  permissions: PermissionsService;
  integrations: ScmIntegrationRegistry;
  awsCredentials: AwsCredentialsManager;
  /** Host of the Git server. */
  gitHost: string;
  credentials: BackstageCredentials;
  /** Entity ref of the System. */
  system: string;
  component: string;
  /** Entity ref. */
  owner: string;
  /** What the run creates beside the catalog entry; all of it when absent. */
  creates?: readonly CreatedPart[];
  /** How it is to run. */
  input?: ComponentInput;
  /** What this very task made before is not in its way. */
  taskId: string;
  /** Entity ref of the person. */
  requestedBy?: string;
  logger: LoggerService;
  signal?: AbortSignal;
  /** A person waits: what fails is not tried again. */
  impatient?: boolean;
}

/** What {@link findObstacles} found. */
export interface Obstacles {
  /** Blocking ones first; empty: nothing is in the way. */
  findings: PlanFinding[];
  /** One sentence a thing that is looked at; what is in the way has none. */
  sentences: string[];
}

/**
 * Looks at every name that a new component takes, and at what the person may:
 * whatever is somebody else's, or would stop the run later, is a finding. Reads
 * only. The places are asked at the same time, so that all findings are told at
 * once.
 *
 * @throws whatever a place that cannot be asked throws: not knowing is not
 *   "nothing is in the way".
 */
export async function findObstacles(
  options: FindObstaclesOptions,
): Promise<Obstacles> {
  const named = await look('name', async () => {
    assertComponentName(options.component);
  });
  if (named.findings.length > 0) return told([named]);

  let platform: Platform | undefined;
  const opened = await look('system', async () => {
    platform = await openPlatform(options);
  });
  if (!platform) {
    return told([
      opened,
      ...(await Promise.all([lookAtOwner(options), lookInCatalog(options)])),
    ]);
  }

  const { creates = CREATED_PARTS } = options;
  return told(
    await Promise.all([
      lookAtOwner(options),
      lookInCatalog(options),
      ...CREATED_PARTS.filter(part => creates.includes(part)).map(part =>
        lookAt(part)(options, platform!),
      ),
    ]),
  );
}

type Look = { findings: PlanFinding[]; sentence?: string };

function told(looks: Look[]): Obstacles {
  const findings = looks.flatMap(one => one.findings);
  return {
    findings: [
      ...findings.filter(finding => finding.severity === 'blocking'),
      ...findings.filter(finding => finding.severity === 'warning'),
    ],
    sentences: looks.flatMap(one => one.sentence ?? []),
  };
}

/** Makes a finding of what a check refuses; what could not be asked stays an error. */
async function look(
  field: string,
  check: () => Promise<string | void>,
): Promise<Look> {
  try {
    const sentence = await check();
    return { findings: [], ...(sentence && { sentence }) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return {
      findings: [
        {
          severity: 'blocking',
          ...splitNextStep(error.message, 'Change it and make the plan again'),
          field,
        },
      ],
    };
  }
}

function isRefusal(error: unknown): error is Error {
  return [ConflictError, InputError, NotAllowedError, NotFoundError].some(
    refusal => error instanceof refusal,
  );
}

async function lookAtOwner(options: FindObstaclesOptions): Promise<Look> {
  const { catalog, credentials, owner } = options;
  const refused = await look('owner', () => assertOwner(options));
  if (refused.findings.length > 0) return refused;
  if (await catalog.getEntityByRef(owner, { credentials })) return refused;
  return {
    findings: [
      {
        severity: 'warning',
        message: `${owner} is not in the catalog, or you may not see it: nobody would own ${options.component}`,
        nextStep: 'Choose a group that exists',
        field: 'owner',
      },
    ],
  };
}

function lookInCatalog(options: FindObstaclesOptions): Promise<Look> {
  const { catalog, credentials, component, owner, taskId } = options;
  return look('name', async () => {
    const entity = await catalog.getEntityByRef(
      { kind: 'component', namespace: 'default', name: component },
      { credentials },
    );
    if (!entity) {
      return `Catalog: component:default/${component}, owned by ${owner}, gets added`;
    }
    if (entity.metadata.annotations?.[ANNOTATION_CREATED_BY_TASK] !== taskId) {
      throw new ConflictError(
        `${stringifyEntityRef(
          entity,
        )} is in the catalog already and belongs to ${
          entity.spec?.owner ?? 'nobody'
        }: choose another name`,
      );
    }
    return `Catalog: component:default/${component}, owned by ${owner}, is there already`;
  });
}

function lookAtRepository(
  options: FindObstaclesOptions,
  { githubOrg }: Platform,
): Promise<Look> {
  const { component, taskId, integrations, gitHost, logger, signal } = options;
  const slug = `${githubOrg}/${component}`;
  return look('name', async () => {
    const client = await createGithubClient({
      integrations,
      host: gitHost,
      owner: githubOrg,
      repo: component,
      logger,
      signal,
      impatient: options.impatient,
    });
    const repository = await getRepository(client, githubOrg, component);
    if (!repository) return `Repository ${slug}: gets created, private`;
    const makers = await findMakers(client, repository);
    if (makers.some(maker => maker.taskId === taskId)) {
      return `Repository ${slug}: was created by this task, gets finished`;
    }
    const maker = makers.find(({ isFirst }) => isFirst);
    throw new ConflictError(
      maker
        ? `The repository ${
            repository.full_name
          } exists and was not created by this task (run ${
            maker.taskId
          } made it${
            maker.requestedBy ? ` for ${maker.requestedBy}` : ''
          }). Choose another name, or open that run and press "Retry" if it stopped half way`
        : `The repository ${repository.full_name} exists and was not created by this task; it belongs to ${githubOrg} on ${gitHost}. Choose another name`,
    );
  });
}

async function lookAtRegistry(
  options: FindObstaclesOptions,
  platform: Platform,
): Promise<Look> {
  const { component, owner, taskId, awsCredentials, logger, signal } = options;
  const { accountId, region } = platform.registry;
  let unreached: string[] = [];
  const looked = await look('name', async () => {
    const { outcome, replication } = await applyComponentRegistry({
      awsCredentials,
      platform,
      component,
      owner,
      taskId,
      planOnly: true,
      logger,
      signal,
    });
    unreached = replication?.missingRegions ?? [];
    return `Image registry ${component} in account ${accountId} (${region}): ${
      {
        created: 'gets created by a CloudFormation stack',
        updated: 'its stack gets updated',
        unchanged: 'is there already',
      }[outcome]
    }`;
  });
  if (unreached.length === 0) return looked;
  return {
    ...looked,
    findings: [
      ...looked.findings,
      {
        severity: 'warning',
        message: `Images of ${component} would not be copied to ${unreached.join(
          ', ',
        )}: the replication rules of account ${accountId} are somebody else's and leave them out`,
        nextStep:
          'Ask whoever keeps the rules to add one for it; the run goes on without',
      },
    ],
  };
}

function lookAtDesiredState(
  options: FindObstaclesOptions,
  platform: Platform,
): Promise<Look> {
  const { component, input, taskId, requestedBy } = options;
  return look('name', async () => {
    const { change, component: prepared } = await prepareOverlayCommit({
      platform,
      component,
      input,
      taskId,
      requestedBy,
      integrations: options.integrations,
      gitHost: options.gitHost,
      logger: options.logger,
      signal: options.signal,
    });
    const { added, present } = await checkFiles(change);
    return `Desired state in ${change.owner}/${
      change.repo
    } for ${prepared.environments
      .map(environment => environment.shortName)
      .join(', ')}: ${added.length} files get added in one commit, ${
      present.length
    } are there already`;
  });
}

function lookAt(part: CreatedPart): typeof lookAtRepository {
  switch (part) {
    case 'repository':
      return lookAtRepository;
    case 'registry':
      return lookAtRegistry;
    default:
      return lookAtDesiredState;
  }
}
