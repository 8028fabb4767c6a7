import { LoggerService } from '@backstage/backend-plugin-api';
import { ResponseError, ServiceUnavailableError } from '@backstage/errors';
import {
  FirstDelivery,
  FirstDeliveryStep,
} from '@fairway/plugin-platform-envs-common';
import { setTimeout as sleep } from 'node:timers/promises';

/** The portal looks this often itself; asking it costs it one row. */
const POLL_MS = 1_500;

/** Options of {@link followFirstDelivery}. */
export interface FollowFirstDeliveryOptions {
  /** Has the portal follow; the same task gives the same delivery. */
  follow: () => Promise<FirstDelivery>;
  /** How it stands now. */
  read: (id: string) => Promise<FirstDelivery>;
  timeoutSeconds: number;
  /** Milliseconds between looks. */
  pollMs?: number;
  logger: LoggerService;
  signal?: AbortSignal;
  /** Milliseconds. */
  now?: () => number;
}

/**
 * Has the portal follow a new component, and repeats in the log what the portal
 * sees, one line for each change, until it is delivered or time is up. The
 * portal goes on in any case.
 *
 * @returns how it stands: `delivered`, or `following` when time was up.
 * @throws Error - something stopped it; the message is the portal's sentence.
 * @throws as `follow`, when the portal refuses.
 */
export async function followFirstDelivery(
  options: FollowFirstDeliveryOptions,
): Promise<FirstDelivery> {
  const { logger, signal, timeoutSeconds } = options;
  const now = options.now ?? Date.now;
  const deadline = now() + timeoutSeconds * 1000;
  const told = new Map<string, string>();
  const first = await options.follow();
  let delivery = first;
  for (;;) {
    tell(delivery, told, logger);
    // one that stopped before is believed only when it was looked at again
    const isFresh =
      delivery.observedAt !== first.observedAt || first.state !== 'stopped';
    switch (delivery.state) {
      case 'delivered':
        return delivery;
      case 'stopped':
        if (isFresh) throw new Error(`${stopped(delivery)}`);
        break;
      case 'expired':
        throw new Error(
          `${delivery.sentence} It was followed for a week and is not any more`,
        );
      default:
    }
    if (now() >= deadline) {
      logger.warn(
        `Not healthy within ${timeoutSeconds} s. The portal goes on following; the Delivery tab shows how`,
      );
      return delivery;
    }
    await sleep(options.pollMs ?? POLL_MS, undefined, { signal });
    delivery = (await readPatiently(options, delivery.id)) ?? delivery;
  }
}

function stopped(delivery: FirstDelivery): string {
  const step = delivery.steps.find(({ state }) => state === 'failed');
  const where = step?.link ? ` ${step.link.url}` : '';
  return `${delivery.sentence}${where} What was created stays; once it is mended, it is delivered without running this again`;
}

/** Undefined while the portal does not answer: the next look may find it. */
async function readPatiently(
  { read, logger, signal }: FollowFirstDeliveryOptions,
  id: string,
): Promise<FirstDelivery | undefined> {
  try {
    return await read(id);
  } catch (error) {
    signal?.throwIfAborted();
    if (!isPassing(error)) throw error;
    logger.debug('The portal could not be asked; trying again', {
      reason: (error as Error).message,
    });
    return undefined;
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof ResponseError) {
    return error.statusCode >= 500 || error.statusCode === 429;
  }
  // a fetch that got no answer
  return error instanceof TypeError || error instanceof ServiceUnavailableError;
}

/** One line for each step that came into another state. */
function tell(
  delivery: FirstDelivery,
  told: Map<string, string>,
  logger: LoggerService,
): void {
  for (const step of delivery.steps) {
    const key = keyOf(step);
    if (step.state === 'waiting' || told.get(step.id) === key) continue;
    told.set(step.id, key);
    logger.info(
      `${step.title}: ${step.sentence}${step.link ? ` ${step.link.url}` : ''}`,
    );
  }
}

/** Changes when there is something new to tell; a sentence may count seconds. */
function keyOf({ state, sentence }: FirstDeliveryStep): string {
  return `${state} ${sentence.replace(/\d+ (s|min|h)\b/g, '')}`;
}
