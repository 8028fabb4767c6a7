import { RequestHandler } from 'express';
import { setImmediate as pause } from 'node:timers/promises';

/** Who has waited longer waits for somebody else, not for a turn: a stream of events, an answer of an upstream. */
const COUNTED_MS = 250;

/** Work in the background goes on after this, however many ask. */
const PATIENCE_MS = 100;

/** Requests that are being answered in this process. */
let answering = 0;
const waiting = new Set<() => void>();

function begin(): () => void {
  let isOver = false;
  answering += 1;
  const end = () => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    answering -= 1;
    if (answering > 0) return;
    for (const goOn of waiting) goOn();
  };
  const timer = setTimeout(end, COUNTED_MS);
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
  await new Promise<void>(resolve => {
    const goOn = () => {
      clearTimeout(timer);
      waiting.delete(goOn);
      resolve();
    };
    const timer = setTimeout(goOn, PATIENCE_MS);
    waiting.add(goOn);
  });
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
