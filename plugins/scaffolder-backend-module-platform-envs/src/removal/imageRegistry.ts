import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  Stack,
} from '@aws-sdk/client-cloudformation';
import {
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  paginateDescribeImages,
} from '@aws-sdk/client-ecr';
import { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Platform } from '../platform/readPlatform';
import { explainAwsRefusal } from '../registry/explainAwsRefusal';
import { registryStackName } from '../registry/registryTemplate';
import { FoundThings } from './types';

/** A stack of one repository goes in seconds; an hour of waiting would mean a lost one. */
const TIMEOUT_MS = 5 * 60_000;
const POLL_MS = 1_000;

/** Options of what reads and removes a component's image registry. */
export interface ImageRegistryOptions {
  awsCredentials: AwsCredentialsManager;
  platform: Pick<Platform, 'registry' | 'system'>;
  component: string;
  keepImages: boolean;
  logger: LoggerService;
  signal?: AbortSignal;
  /** Milliseconds between looks. */
  pollMs?: number;
}

interface Clients {
  cloudFormation: CloudFormationClient;
  ecr: ECRClient;
}

/**
 * What would become of the registry, in every region of the platform: its stack
 * goes, images stay unless asked otherwise.
 */
export async function findImageRegistry(
  options: ImageRegistryOptions,
): Promise<FoundThings> {
  const found = await Promise.all(
    regionsOf(options).map(region => findInRegion(options, region)),
  );
  return {
    things: found.flatMap(({ things }) => things),
    foreign: [...new Set(found.flatMap(({ foreign }) => foreign))],
  };
}

function regionsOf({ platform }: ImageRegistryOptions): string[] {
  const { region, replicaRegions } = platform.registry;
  return [region, ...replicaRegions];
}

async function findInRegion(
  options: ImageRegistryOptions,
  region: string,
): Promise<FoundThings> {
  return withClients(options, region, async clients => {
    const { component, keepImages, platform } = options;
    const where = `${platform.registry.accountId}/${region}`;
    const stack = await describeStack(clients, component);
    const images = await countImages(clients, component);
    const things: PlannedThing[] = [];
    const foreign: string[] = [];
    if (stack) {
      things.push({
        kind: 'awsResource',
        name: stack.StackName!,
        where,
        change: 'remove',
        resourceType: 'AWS::CloudFormation::Stack',
      });
      if (!isOurs(stack, options)) foreign.push(stack.StackName!);
    }
    if (images !== undefined) {
      // without the stack of ours nothing says that the images are ours
      const isRemoved = !keepImages;
      things.push({
        kind: 'awsResource',
        name: component,
        where,
        change: isRemoved ? 'remove' : 'keep',
        resourceType: 'AWS::ECR::Repository',
        note: isRemoved
          ? `Images that would be deleted for good: ${images}.`
          : `Images that stay, so that what ran can be looked at and brought back: ${images}.`,
      });
      if (isRemoved && (!stack || !isOurs(stack, options))) {
        foreign.push(component);
      }
    }
    return { things, foreign };
  });
}

/**
 * Deletes the registry's stack in every region of the platform, and then, unless
 * they are kept, its images. What is gone already is left out.
 *
 * @param names - things of the plan that was agreed to; nothing else is touched
 * @throws ConflictError - the stack is not this component's and not in the plan.
 * @throws Error - CloudFormation could not delete it; the message is its reason.
 */
export async function removeImageRegistry(
  options: ImageRegistryOptions & { foreignAgreed: string[] },
): Promise<string> {
  const regions = regionsOf(options);
  const said: string[] = [];
  for (const region of regions) {
    const sentence = await removeInRegion(options, region);
    said.push(regions.length > 1 ? `${region}: ${sentence}` : sentence);
  }
  return said.join(' ');
}

async function removeInRegion(
  options: ImageRegistryOptions & { foreignAgreed: string[] },
  region: string,
): Promise<string> {
  return withClients(options, region, async clients => {
    const { component, keepImages, foreignAgreed, logger, platform } = options;
    const said: string[] = [];
    const stack = await describeStack(clients, component);
    if (stack) {
      if (
        !isOurs(stack, options) &&
        !foreignAgreed.includes(stack.StackName!)
      ) {
        throw new ConflictError(
          `Stack ${stack.StackName} is not this component's, and nobody agreed to its removal`,
        );
      }
      logger.info(`Deleting stack ${stack.StackName}`);
      await deleteStack(clients, stack, options);
      said.push(`Stack ${stack.StackName} is deleted.`);
    } else {
      said.push('Its stack is gone.');
    }
    if (keepImages) {
      said.push('Images stay.');
    } else if ((await countImages(clients, component)) !== undefined) {
      await clients.ecr.send(
        new DeleteRepositoryCommand({
          registryId: platform.registry.accountId,
          repositoryName: component,
          force: true,
        }),
      );
      said.push(`Repository ${component} and its images are deleted.`);
    } else {
      said.push('Its images are gone.');
    }
    return said.join(' ');
  });
}

async function withClients<T>(
  { awsCredentials, platform }: ImageRegistryOptions,
  region: string,
  task: (clients: Clients) => Promise<T>,
): Promise<T> {
  const { accountId } = platform.registry;
  const { sdkCredentialProvider } = await awsCredentials.getCredentialProvider({
    accountId,
  });
  const client = { region, credentials: sdkCredentialProvider };
  const clients = {
    cloudFormation: new CloudFormationClient(client),
    ecr: new ECRClient(client),
  };
  try {
    return await task(clients);
  } catch (error) {
    throw explainAwsRefusal(error, { accountId, region });
  } finally {
    clients.cloudFormation.destroy();
    clients.ecr.destroy();
  }
}

async function describeStack(
  { cloudFormation }: Clients,
  component: string,
): Promise<Stack | undefined> {
  return describe(cloudFormation, registryStackName(component));
}

async function describe(
  cloudFormation: CloudFormationClient,
  name: string,
): Promise<Stack | undefined> {
  try {
    const { Stacks } = await cloudFormation.send(
      new DescribeStacksCommand({ StackName: name }),
    );
    return Stacks?.[0];
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** Undefined when there is no repository of that name. */
async function countImages(
  { ecr }: Clients,
  component: string,
): Promise<number | undefined> {
  try {
    await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [component] }),
    );
    let count = 0;
    for await (const { imageDetails = [] } of paginateDescribeImages(
      { client: ecr, pageSize: 1000 },
      { repositoryName: component, filter: { tagStatus: 'TAGGED' } },
    )) {
      count += imageDetails.length;
    }
    return count;
  } catch (error) {
    if ((error as Error).name === 'RepositoryNotFoundException') {
      return undefined;
    }
    throw error;
  }
}

function isOurs(
  stack: Stack,
  { component, platform }: ImageRegistryOptions,
): boolean {
  const tags = Object.fromEntries(
    (stack.Tags ?? []).map(({ Key, Value }) => [Key, Value]),
  );
  return (
    tags.ManagedBy === 'fairway' &&
    tags.System === platform.system &&
    tags.Component === component
  );
}

async function deleteStack(
  { cloudFormation }: Clients,
  stack: Stack,
  { signal, pollMs = POLL_MS }: ImageRegistryOptions,
): Promise<void> {
  const id = stack.StackId!;
  if (stack.StackStatus !== 'DELETE_IN_PROGRESS') {
    await cloudFormation.send(new DeleteStackCommand({ StackName: id }));
  }
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    signal?.throwIfAborted();
    const now = await describe(cloudFormation, id);
    if (!now || now.StackStatus === 'DELETE_COMPLETE') return;
    if (now.StackStatus !== 'DELETE_IN_PROGRESS') {
      throw new Error(
        `Stack ${stack.StackName} could not be deleted: it is ${
          now.StackStatus
        } (${now.StackStatusReason ?? 'no reason given'})`,
      );
    }
    if (Date.now() > deadline) {
      throw new Error(
        `Stack ${stack.StackName} was not deleted within ${
          TIMEOUT_MS / 60_000
        } minutes: retry the run`,
      );
    }
    await sleep(pollMs, undefined, { signal });
  }
}
