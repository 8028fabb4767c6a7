import {
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import {
  ComponentDelivery,
  PlannedThing,
  Removal,
  RemovalStep,
} from '@fairway/plugin-platform-envs-common';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGithubClient } from '../github/createGithubClient';
import { readPlatform } from '../platform/readPlatform';
import { unregister } from './catalogEntry';
import { removeDesiredState } from './desiredState';
import { RemovalOptions } from './gatherRemoval';
import { removeImageRegistry } from './imageRegistry';
import { archiveRepository } from './sourceRepository';

/** Argo CD notices a commit within three minutes unless it is told, and then prunes. */
const STOP_TIMEOUT_MS = 8 * 60_000;
const POLL_MS = 3_000;

/** What carrying out needs besides. */
export interface CarryOutOptions extends RemovalOptions {
  /** As it was agreed to; nothing that is not in its plan is touched. */
  removal: Removal;
  taskId: string;
  /** With whose rights the catalog is read. */
  credentials: BackstageCredentials;
  /** The portal's own, for what people may not do by hand: taking a location away. */
  serviceCredentials: BackstageCredentials;
  /** Where it runs now; undefined where the portal does not know it any more. */
  readDelivery: () => Promise<ComponentDelivery | undefined>;
  /** Tells the portal; the same step again takes the place of the one before. */
  note: (step: Omit<RemovalStep, 'at'>) => Promise<void>;
  logger: LoggerService;
  signal?: AbortSignal;
  /** Milliseconds. */
  stopTimeoutMs?: number;
}

interface Step {
  id: string;
  title: string;
  act: () => Promise<{
    sentence: string;
    link?: { title: string; url: string };
  }>;
}

/**
 * Takes away what was agreed to, one step after another, each safe to repeat:
 *
 * 1. desired state, in one commit; the deployment system prunes what runs;
 * 2. until it runs nowhere any more; then the Terraform root of a service on
 *    ECS, without which nothing could have been destroyed;
 * 3. the registry's stack; images stay unless the plan says otherwise;
 * 4. the repository is archived;
 * 5. the catalog entry, last: until then the portal shows what is left.
 *
 * Steps that are done are looked at again, so that a run that died after one
 * goes on; what is gone already stays gone.
 */
export async function carryOutRemoval(options: CarryOutOptions): Promise<void> {
  const { note, logger, signal } = options;
  for (const { id, title, act } of stepsOf(options)) {
    signal?.throwIfAborted();
    await note({ id, title, state: 'running', sentence: 'Under way.' });
    try {
      const done = await act();
      logger.info(`${title}: ${done.sentence}`);
      await note({ id, title, state: 'done', ...done });
    } catch (error) {
      const { message } = error as Error;
      await note({
        id,
        title,
        state: 'failed',
        sentence: `${signal?.aborted ? 'The run was cancelled' : message}`,
      }).catch(() => {});
      throw error;
    }
  }
}

function stepsOf(options: CarryOutOptions): Step[] {
  const { removal } = options;
  const { things } = removal.plan;
  const doing = (kind: PlannedThing['kind'], change: PlannedThing['change']) =>
    things.filter(thing => thing.kind === kind && thing.change === change);
  const files = doing('file', 'remove');
  const root = files.filter(({ name }) => isTerraformRoot(name, removal));
  const aws = doing('awsResource', 'remove');
  const [repository] = doing('repository', 'update');
  const [entry] = doing('catalogEntry', 'remove');
  return [
    {
      id: 'desired-state',
      title: 'Remove the desired state',
      act: () =>
        removeFiles(
          options,
          files.filter(file => !root.includes(file)),
        ),
    },
    {
      id: 'stopped',
      title: 'Wait until it runs nowhere',
      act: () => waitUntilStopped(options),
    },
    ...(root.length > 0
      ? [
          {
            id: 'terraform-root',
            title: 'Remove its Terraform root',
            act: () => removeFiles(options, root),
          },
        ]
      : []),
    ...(aws.length > 0
      ? [
          {
            id: 'registry',
            title: 'Delete the image registry',
            act: async () => ({
              sentence: await removeImageRegistry({
                ...options,
                platform: await platformOf(options),
                component: nameOf(removal),
                keepImages: removal.plan.keepImages,
                foreignAgreed: removal.plan.foreign,
              }),
            }),
          },
        ]
      : []),
    ...(repository
      ? [
          {
            id: 'repository',
            title: 'Archive the repository',
            act: () => archive(options, repository),
          },
        ]
      : []),
    ...(entry
      ? [
          {
            id: 'catalog',
            title: 'Take it out of the catalog',
            act: () => removeEntry(options, entry),
          },
        ]
      : []),
  ];
}

/** What Terraform destroys a service on ECS by: gone too early, it would be left behind. */
function isTerraformRoot(path: string, removal: Removal): boolean {
  return `/${path}`.includes(`/services/${nameOf(removal)}/`);
}

async function removeFiles(
  options: CarryOutOptions,
  files: PlannedThing[],
): ReturnType<Step['act']> {
  const { removal, logger, signal, taskId } = options;
  const platform = await platformOf(options);
  const { gitops } = platform;
  const client = await createGithubClient({
    integrations: options.integrations,
    host: options.gitHost,
    owner: gitops.owner,
    repo: gitops.repo,
    logger,
    signal,
  });
  const approvers = removal.approvals
    .filter(a => a.verdict === 'approve' && !a.voidedReason)
    .map(({ actor }) => actor);
  const sha = await removeDesiredState({
    client,
    gitops,
    environments: platform.environments.map(e => e.shortName),
    component: nameOf(removal),
    paths: files.map(({ name }) => name),
    trailers: [
      ['Fairway-Removed', nameOf(removal)],
      ['Removal-Id', removal.id],
      ['Plan-Digest', removal.planDigest],
      ['Fairway-Task', taskId],
      ['Requested-By', removal.requestedBy],
      ...approvers.map(actor => ['Approved-By', actor] as [string, string]),
    ],
    logger,
    signal,
  });
  if (!sha) {
    return {
      sentence:
        files.length > 0
          ? 'All of its files are gone.'
          : 'It has no desired state.',
    };
  }
  const { data } = await client.rest.repos.get({
    owner: gitops.owner,
    repo: gitops.repo,
  });
  return {
    sentence: `${files.length} ${
      files.length === 1 ? 'file' : 'files'
    } removed in one commit, ${sha.slice(0, 12)}.`,
    link: { title: 'Commit', url: `${data.html_url}/commit/${sha}` },
  };
}

async function waitUntilStopped(
  options: CarryOutOptions,
): ReturnType<Step['act']> {
  const { readDelivery, signal, logger } = options;
  const deadline = Date.now() + (options.stopTimeoutMs ?? STOP_TIMEOUT_MS);
  let last = '';
  for (;;) {
    signal?.throwIfAborted();
    const left = stillThere(await readDelivery());
    if (left.length === 0) return { sentence: 'It runs nowhere any more.' };
    const sentence = left.join(' ');
    if (sentence !== last) logger.info(`Still there: ${sentence}`);
    last = sentence;
    if (Date.now() > deadline) {
      throw new Error(
        `It has not stopped yet: ${last} See whether its deployment system prunes, then retry the run`,
      );
    }
    await sleep(options.pollMs ?? POLL_MS, undefined, { signal });
  }
}

/** What still stands for it, one sentence each; what nobody can see is said, not waited for. */
function stillThere(delivery: ComponentDelivery | undefined): string[] {
  return (delivery?.row.cells ?? [])
    .filter(({ application, source }) =>
      source.state === 'absent' ? false : Boolean(application),
    )
    .map(
      ({ environmentRef, application }) =>
        `${application!.name} in ${parseEntityRef(environmentRef).name}.`,
    );
}

async function archive(
  options: CarryOutOptions,
  { name }: PlannedThing,
): ReturnType<Step['act']> {
  const [owner, repo] = name.split('/');
  const client = await createGithubClient({
    integrations: options.integrations,
    host: options.gitHost,
    owner,
    repo,
    logger: options.logger,
    signal: options.signal,
  });
  const outcome = await archiveRepository(client, name);
  return { sentence: `${name} ${outcome === 'gone' ? 'is gone' : outcome}.` };
}

async function removeEntry(
  options: CarryOutOptions,
  entry: PlannedThing,
): ReturnType<Step['act']> {
  const target = entry.properties?.find(
    ({ name }) => name === 'location',
  )?.value;
  const isRemoved =
    target !== undefined &&
    (await unregister({
      catalog: options.catalog,
      target,
      credentials: options.serviceCredentials,
    }));
  return {
    sentence: isRemoved
      ? `${entry.name} is taken out of the catalog.`
      : `${entry.name} was not registered any more.`,
  };
}

function platformOf(options: CarryOutOptions) {
  return readPlatform({
    catalog: options.catalog,
    credentials: options.credentials,
    system: options.removal.systemRef,
  });
}

function nameOf({ componentRef }: Removal): string {
  return parseEntityRef(componentRef).name;
}
