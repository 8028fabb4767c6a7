import {
  CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackEventsCommand,
  DetectStackDriftCommand,
  paginateDescribeStackResourceDrifts,
  paginateDescribeStacks,
  Stack as AwsStack,
} from '@aws-sdk/client-cloudformation';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import {
  DriftedResource,
  Stack,
  stackHealth,
} from '@fairway/plugin-platform-envs-common';
import {
  DriftDetectionResult,
  StackPlace,
  StackSource,
} from '@fairway/plugin-platform-envs-node';
import { explainStackError } from './explainStackError';
import { toDriftedResource, toDriftStatus, toStack } from './toStack';

/** @public */
export interface CloudFormationStackSourceOptions {
  credentials: AwsCredentialsManager;
}

/** A detection is asked for by a person, who waits. */
const ACTION_TIMEOUT_MS = 15_000;

/** Drifted resources of one stack that are worth carrying around. */
const MOST_DRIFTED = 50;

/** What had to be asked about a stack besides its description. */
type Extra = Parameters<typeof toStack>[2];

/**
 * CloudFormation stacks.
 *
 * One list for an account in a region. Why a stack failed and which resources
 * drifted is asked only where that is so, and again only when the stack or its
 * drift check moved.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 * @public
 */
export class CloudFormationStackSource implements StackSource {
  readonly #extras = new Map<string, { key: string; extra: Extra }>();

  constructor(private readonly options: CloudFormationStackSourceOptions) {}

  listStacks(
    place: StackPlace,
    { signal }: { signal: AbortSignal },
  ): Promise<Stack[]> {
    return this.#with(place, async client => {
      const found: AwsStack[] = [];
      for await (const page of paginateDescribeStacks(
        { client },
        {},
        { abortSignal: signal },
      )) {
        found.push(...(page.Stacks ?? []).filter(s => !s.ParentId));
      }
      const stacks: Stack[] = [];
      for (const stack of found) {
        const extra = await this.#extraOf(client, stack, signal);
        stacks.push(toStack(stack, place.region, extra));
      }
      this.#forgetAllBut(place, found);
      return stacks.sort((a, b) => a.name.localeCompare(b.name));
    });
  }

  detectDrift(place: StackPlace, stackId: string): Promise<string> {
    return this.#with(place, async client => {
      const { StackDriftDetectionId } = await client.send(
        new DetectStackDriftCommand({ StackName: stackId }),
        { abortSignal: AbortSignal.timeout(ACTION_TIMEOUT_MS) },
      );
      if (!StackDriftDetectionId) {
        throw new Error('CloudFormation began no drift detection');
      }
      return StackDriftDetectionId;
    });
  }

  getDriftDetection(
    place: StackPlace,
    detectionId: string,
  ): Promise<DriftDetectionResult> {
    return this.#with(place, async client => {
      const answer = await client.send(
        new DescribeStackDriftDetectionStatusCommand({
          StackDriftDetectionId: detectionId,
        }),
        { abortSignal: AbortSignal.timeout(ACTION_TIMEOUT_MS) },
      );
      if (answer.DetectionStatus === 'DETECTION_IN_PROGRESS') {
        return { state: 'running' };
      }
      return answer.DetectionStatus === 'DETECTION_COMPLETE'
        ? { state: 'done', status: toDriftStatus(answer.StackDriftStatus) }
        : {
            state: 'failed',
            reason:
              answer.DetectionStatusReason ??
              'CloudFormation could not compare every resource',
          };
    });
  }

  async #extraOf(
    client: CloudFormationClient,
    stack: AwsStack,
    signal: AbortSignal,
  ): Promise<Extra> {
    const id = stack.StackId!;
    const { StackStatus, LastUpdatedTime, DriftInformation } = stack;
    const health = stackHealth(StackStatus ?? '');
    const hasFailed = health === 'failed' || health === 'rolled-back';
    const hasDrifted = DriftInformation?.StackDriftStatus === 'DRIFTED';
    if (!hasFailed && !hasDrifted) {
      this.#extras.delete(id);
      return { drifted: [] };
    }
    const key = JSON.stringify([
      StackStatus,
      LastUpdatedTime,
      DriftInformation?.LastCheckTimestamp,
    ]);
    const known = this.#extras.get(id);
    if (known?.key === key) return known.extra;
    const reason = hasFailed
      ? await this.#firstFailure(client, id, signal)
      : undefined;
    const extra = {
      ...(reason && { reason }),
      drifted: hasDrifted ? await this.#drifted(client, id, signal) : [],
    };
    this.#extras.set(id, { key, extra });
    return extra;
  }

  /** Of the last operation: what failed after it, failed because of it. */
  async #firstFailure(
    client: CloudFormationClient,
    stackId: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { StackEvents = [] } = await client.send(
      new DescribeStackEventsCommand({ StackName: stackId }),
      { abortSignal: signal },
    );
    const start = StackEvents.findIndex(
      e =>
        e.PhysicalResourceId === stackId &&
        /^(CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/.test(
          e.ResourceStatus ?? '',
        ),
    );
    const last = start < 0 ? StackEvents : StackEvents.slice(0, start + 1);
    const first = last
      .filter(
        e =>
          e.ResourceStatus?.endsWith('_FAILED') &&
          e.ResourceStatusReason &&
          !/cancelled/i.test(e.ResourceStatusReason),
      )
      .at(-1);
    return first && `${first.LogicalResourceId}: ${first.ResourceStatusReason}`;
  }

  async #drifted(
    client: CloudFormationClient,
    stackId: string,
    signal: AbortSignal,
  ): Promise<DriftedResource[]> {
    const drifted: DriftedResource[] = [];
    for await (const page of paginateDescribeStackResourceDrifts(
      { client },
      {
        StackName: stackId,
        StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
      },
      { abortSignal: signal },
    )) {
      drifted.push(...(page.StackResourceDrifts ?? []).map(toDriftedResource));
      if (drifted.length >= MOST_DRIFTED) break;
    }
    return drifted.slice(0, MOST_DRIFTED);
  }

  async #with<T>(
    place: StackPlace,
    act: (client: CloudFormationClient) => Promise<T>,
  ): Promise<T> {
    let client: CloudFormationClient | undefined;
    try {
      const provider = await this.options.credentials.getCredentialProvider({
        accountId: place.accountId,
      });
      client = new CloudFormationClient({
        region: place.region,
        credentials: provider.sdkCredentialProvider,
        maxAttempts: 3,
      });
      return await act(client);
    } catch (error) {
      throw explainStackError(error, place);
    } finally {
      client?.destroy();
    }
  }

  #forgetAllBut({ accountId, region }: StackPlace, stacks: AwsStack[]): void {
    const living = new Set(stacks.map(s => s.StackId));
    const here = `:cloudformation:${region}:${accountId}:`;
    for (const id of this.#extras.keys()) {
      if (id.includes(here) && !living.has(id)) this.#extras.delete(id);
    }
  }
}
