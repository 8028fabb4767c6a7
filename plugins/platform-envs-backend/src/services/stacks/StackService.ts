import { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import {
  DriftDetection,
  EnvironmentStack,
  EnvironmentSummary,
  Observed,
  Stack,
  stackHealth,
} from '@fairway/plugin-platform-envs-common';
import {
  Pace,
  StackPlace,
  StackSource,
} from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import { SnapshotStore } from '../../database/SnapshotStore';
import { EnvironmentService } from '../EnvironmentService';
import { FeedTarget, ObservedFeed } from '../ObservedFeed';
import { DriftDetections } from './DriftDetections';
import { matchStack } from './matchStack';

/** One hanging account must not cost the others their freshness. */
const DEADLINE_MS = 45_000;

const NOT_CONFIGURED =
  'AWS is not configured: set the block aws, so that the account of each environment can be asked.';

const savedStacks = z.array(
  z.looseObject({
    id: z.string(),
    name: z.string(),
    region: z.string(),
    status: z.string(),
    changedAt: z.string(),
    drift: z.looseObject({
      status: z.string(),
      resources: z.array(z.unknown()),
    }),
    tags: z.record(z.string(), z.string()),
    consoleUrl: z.string(),
  }),
) as unknown as z.ZodType<Stack[]>;

/** @public */
export interface StackServiceOptions {
  environments: Pick<EnvironmentService, 'getEnvironments' | 'getEnvironment'>;
  /** Absent: AWS is not configured. */
  source?: StackSource;
  store: SnapshotStore;
  logger: LoggerService;
  pace: Pace;
  now?: () => Date;
}

/** CloudFormation stacks of the environments, read by account and region. */
export class StackService {
  readonly #now: () => Date;
  readonly #feed: ObservedFeed<Stack[]>;
  readonly #detections: DriftDetections;

  constructor(private readonly options: StackServiceOptions) {
    this.#now = options.now ?? (() => new Date());
    this.#feed = new ObservedFeed({
      name: 'stacks',
      value: savedStacks,
      store: options.store,
      logger: options.logger,
      deadlineMs: DEADLINE_MS,
      pace: options.pace,
      now: this.#now,
    });
    this.#detections = new DriftDetections({
      ...options,
      now: this.#now,
      onEnd: place => this.#feed.poll(this.#targetsOf([place])),
    });
  }

  /** Looks at every account and region of the environments that is due. Never throws. */
  async poll(): Promise<void> {
    const places = this.options.environments
      .getEnvironments()
      .flatMap(e => placesOf(e));
    const each = [...new Map(places.map(p => [keyOf(p), p])).values()];
    await this.#feed.pollDue(this.#targetsOf(each));
  }

  /**
   * What was last read, failed and drifted ones first. No call goes upstream.
   * A region that cannot be read is told, and the stacks of the others stay.
   *
   * @throws NotFoundError - the catalog has no such environment.
   */
  async get(environmentRef: string): Promise<Observed<EnvironmentStack[]>> {
    const environment =
      this.options.environments.getEnvironment(environmentRef);
    const places = placesOf(environment);
    if (places.length === 0) {
      return { state: 'absent', message: whyNone(environment) };
    }
    if (!this.options.source) {
      return { state: 'absent', message: NOT_CONFIGURED };
    }
    const readings = await Promise.all(
      places.map(place => this.#feed.get(keyOf(place))),
    );
    const neighbours = this.#neighboursOf(environment);
    const detections = await this.#detections.load();
    const known = readings.filter(r => r.value);
    const stacks = known
      .flatMap(r => r.value!)
      .flatMap(({ tags, ...stack }) => {
        const match = matchStack({ ...stack, tags }, environment, neighbours);
        const detection = detections[stack.id];
        return match
          ? [{ ...stack, match, ...(detection && { detection }) }]
          : [];
      })
      .sort(byUrgency);
    return { ...summaryOf(readings), ...(known.length && { value: stacks }) };
  }

  /**
   * Has CloudFormation compare a stack of an environment with its template.
   * The answer comes at once; the result is with the stack when it is there.
   *
   * @throws NotFoundError - the environment has no such stack.
   * @throws ConflictError - the stack is changing, or a detection runs already.
   * @throws NotAllowedError | ServiceUnavailableError - AWS refuses or is away.
   */
  async detectDrift(
    environmentRef: string,
    stackId: string,
    startedBy: string,
  ): Promise<DriftDetection> {
    const { value = [] } = await this.get(environmentRef);
    const stack = value.find(s => s.id === stackId);
    if (!stack || !this.options.source) {
      throw new NotFoundError(
        `${environmentRef} has no stack ${stackId}; reload the page for those that it has`,
      );
    }
    const place = placesOf(
      this.options.environments.getEnvironment(environmentRef),
    ).find(p => p.region === stack.region)!;
    return this.#detections.begin(place, stackId, startedBy);
  }

  /** Waits for nothing more. */
  stop(): void {
    this.#detections.stop();
  }

  #targetsOf(places: StackPlace[]): FeedTarget<Stack[]>[] {
    const { source } = this.options;
    if (!source) return [];
    return places.map(place => ({
      key: keyOf(place),
      title: `CloudFormation in ${place.region} of account ${place.accountId}`,
      read: signal => source.listStacks(place, { signal }),
    }));
  }

  #neighboursOf({ awsAccountId }: EnvironmentSummary): EnvironmentSummary[] {
    return this.options.environments
      .getEnvironments()
      .filter(e => e.awsAccountId === awsAccountId);
  }
}

function placesOf(environment: EnvironmentSummary): StackPlace[] {
  const { awsAccountId, regions, lifecycle } = environment;
  return awsAccountId && lifecycle !== 'retired'
    ? regions.map(({ name }) => ({ accountId: awsAccountId, region: name }))
    : [];
}

function whyNone({ runtime, lifecycle, title }: EnvironmentSummary): string {
  if (lifecycle === 'retired') return `${title} is retired.`;
  return runtime === 'local'
    ? 'It runs on the machine of whoever starts it: no AWS account holds stacks of it.'
    : 'It names no AWS account or region: add spec.awsAccountId and spec.regions to the environment.';
}

function keyOf({ accountId, region }: StackPlace): string {
  return `${accountId}/${region}`;
}

const RANKS = ['failed', 'rolled-back', 'moving', 'ok'];

function byUrgency(a: EnvironmentStack, b: EnvironmentStack): number {
  const drifted = (s: EnvironmentStack) =>
    s.drift.status === 'drifted' ? 0 : 1;
  const rank = (s: EnvironmentStack) => RANKS.indexOf(stackHealth(s.status));
  return (
    rank(a) - rank(b) || drifted(a) - drifted(b) || a.name.localeCompare(b.name)
  );
}

/** The worst of all regions, and the oldest time. */
function summaryOf(
  readings: Array<Observed<Stack[]>>,
): Omit<Observed<Stack[]>, 'value'> {
  const bad = readings.filter(r => r.state !== 'live');
  const worst = bad.find(r => r.state === 'error') ?? bad[0];
  const oldest = readings
    .flatMap(r => r.observedAt ?? [])
    .sort()
    .at(0);
  const messages = [...new Set(bad.flatMap(r => r.message ?? []))];
  return {
    state: worst?.state ?? 'live',
    ...(readings.some(r => r.isBeingRead) && { isBeingRead: true }),
    ...(oldest && { observedAt: oldest }),
    ...(messages.length && { message: messages.join('; ') }),
  };
}
