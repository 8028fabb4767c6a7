import { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import { DriftDetection } from '@fairway/plugin-platform-envs-common';
import { StackPlace, StackSource } from '@fairway/plugin-platform-envs-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SnapshotShape, SnapshotStore } from '../../database/SnapshotStore';

/** AWS takes from seconds to many minutes, by the number of resources. */
const ASK_EVERY_MS = 2_000;
const GIVE_UP_MS = 15 * 60_000;

/** A failure is shown for so long. */
const REMEMBER_MS = 60 * 60_000;

/** Name of the document in the store. */
const DOCUMENT = 'drift-detections';

type Detections = Record<string, DriftDetection>;

const savedDetections = z.record(
  z.string(),
  z.looseObject({
    state: z.enum(['running', 'failed']),
    startedAt: z.string(),
    startedBy: z.string(),
  }),
) as unknown as SnapshotShape<Detections>;

/**
 * Drift detections that people asked for, by stack. The replica that was asked
 * follows them; all show them.
 */
export class DriftDetections {
  readonly #end = new AbortController();

  constructor(
    private readonly options: {
      source?: StackSource;
      store: SnapshotStore;
      logger: LoggerService;
      now: () => Date;
      /** Reads the stacks of a place again. Never throws. */
      onEnd: (place: StackPlace) => Promise<void>;
      askEveryMs?: number;
    },
  ) {}

  /** Those under way and those that failed lately, by stack. */
  async load(): Promise<Detections> {
    const saved = await this.options.store
      .load(DOCUMENT, savedDetections)
      .catch(() => undefined);
    const now = this.options.now().getTime();
    return Object.fromEntries(
      Object.entries(saved ?? {}).flatMap(([id, detection]) => {
        const age = now - Date.parse(detection.startedAt);
        if (age > REMEMBER_MS) return [];
        if (detection.state === 'running' && age > GIVE_UP_MS) {
          const message =
            'It was not followed to its end; what it found comes with the next reading.';
          return [[id, { ...detection, state: 'failed' as const, message }]];
        }
        return [[id, detection]];
      }),
    );
  }

  /**
   * @throws ConflictError - one runs already, or the stack is changing.
   * @throws what the source throws
   */
  async begin(
    place: StackPlace,
    stackId: string,
    startedBy: string,
  ): Promise<DriftDetection> {
    const { source, now } = this.options;
    if (!source) throw new ServiceUnavailableError('AWS is not configured');
    const running = (await this.load())[stackId];
    if (running?.state === 'running') {
      throw new ConflictError(
        `A drift detection has been running since ${running.startedAt}, asked for by ${running.startedBy}`,
      );
    }
    const detectionId = await source.detectDrift(place, stackId);
    const detection: DriftDetection = {
      state: 'running',
      startedAt: now().toISOString(),
      startedBy,
    };
    await this.#put(stackId, detection);
    void this.#follow(source, place, stackId, detectionId, detection);
    return detection;
  }

  stop(): void {
    this.#end.abort();
  }

  async #follow(
    source: StackSource,
    place: StackPlace,
    stackId: string,
    detectionId: string,
    detection: DriftDetection,
  ): Promise<void> {
    try {
      const message = await this.#wait(source, place, detectionId);
      await this.options.onEnd(place);
      await this.#put(
        stackId,
        message ? { ...detection, state: 'failed', message } : undefined,
      );
    } catch (error) {
      if (this.#end.signal.aborted) return;
      const message = (error as Error).message;
      this.options.logger.warn('A drift detection was not followed', {
        stack: stackId,
        reason: message,
      });
      await this.#put(stackId, {
        ...detection,
        state: 'failed',
        message,
      }).catch(() => undefined);
    }
  }

  /** Until it is done; gives the reason when it failed. */
  async #wait(
    source: StackSource,
    place: StackPlace,
    detectionId: string,
  ): Promise<string | undefined> {
    const { askEveryMs = ASK_EVERY_MS } = this.options;
    const questions = Math.ceil(GIVE_UP_MS / askEveryMs);
    for (let i = 0; i < questions; i++) {
      await sleep(askEveryMs, undefined, { signal: this.#end.signal });
      const result = await source.getDriftDetection(place, detectionId);
      if (result.state === 'done') return undefined;
      if (result.state === 'failed') return result.reason;
    }
    throw new ServiceUnavailableError(
      'CloudFormation did not end the detection within 15 min',
    );
  }

  async #put(
    stackId: string,
    detection: DriftDetection | undefined,
  ): Promise<void> {
    const { [stackId]: _, ...others } = await this.load();
    await this.options.store.save(DOCUMENT, {
      ...others,
      ...(detection && { [stackId]: detection }),
    });
  }
}
