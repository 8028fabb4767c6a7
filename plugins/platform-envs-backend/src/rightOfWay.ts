import { RequestHandler } from 'express';
import {
  setImmediate as pause,
  setTimeout as sleep,
} from 'node:timers/promises';

/** Who has waited longer waits for somebody else, not for a turn: a stream of events, an answer of an upstream. */
const COUNTED_MS = 250;

/** Work in the background goes on after this, however many ask. */
const PATIENCE_MS = 100;

/** Requests that are being answered in this process. */
let answering = 0;
const waiting = new Set<AbortController>();

function begin(): () => void {
  let timer: NodeJS.Timeout | undefined;
  answering += 1;
  const end = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = undefined;
    answering -= 1;
    if (answering > 0) return;
    for (const waiter of waiting) waiter.abort();
  };
  timer = setTimeout(end, COUNTED_MS);
  timer.unref();
  return end;
}

/** Lets work in the background wait while a request is answered: see {@link giveWay}. */
export const haveRightOfWay: RequestHandler = (_, res, next) => {
  res.once('close', begin());
  next();
};

/**
 * For long work in the background, between two slices of it: whoever asked has
 * been answered when this ends, or has waited for a tenth of a second.
 */
export async function giveWay(): Promise<void> {
  // what has arrived meanwhile is taken up
  await pause();
  if (answering === 0) return;
  const waiter = new AbortController();
  waiting.add(waiter);
  const { signal } = waiter;
  await sleep(PATIENCE_MS, undefined, { signal }).catch(() => undefined);
  waiting.delete(waiter);
}

/** Milliseconds. Whoever asks waits no longer than this for work in the background. */
const SLICE_MS = 2;

/** Work in the background that is done slice by slice. */
export class Slices {
  #until = performance.now() + SLICE_MS;

  /** Whether it is time to {@link rest}. */
  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  /** Until the next slice may begin. */
  async rest(): Promise<void> {
    await giveWay();
    this.#until = performance.now() + SLICE_MS;
  }
}
