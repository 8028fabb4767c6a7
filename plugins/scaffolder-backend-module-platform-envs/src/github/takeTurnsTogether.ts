import { inTurn } from './inTurn';

/** Somebody who waits for a thing, until its promise is settled. */
export interface Waiting<Request, Result> {
  request: Request;
  resolve(result: Result): void;
  reject(error: unknown): void;
  /** Has its answer, or does not want one any more. */
  isSettled(): boolean;
}

/** Options of {@link takeTurnsTogether}. */
export interface TurnOptions<Request, Result> {
  /** What the work is done on: one turn at a time. */
  thing: string;
  request: Request;
  /** Whoever waits is let go at once when it is aborted. */
  signal?: AbortSignal;
  /** Whether a request can be served in one turn with these before it, of which there are some. */
  fits(request: Request, others: Request[]): boolean;
  /** Answers all of them, each for itself; never none, in the order they came. */
  serve(waiting: Array<Waiting<Request, Result>>): Promise<void>;
}

const queues = new Map<string, Array<Waiting<any, any>>>();

/**
 * Serves requests about one thing in turns, in this process: the first one at
 * once, and whoever asks meanwhile together in the next turn, as far as they
 * fit. Nobody is passed over: one that does not fit is among the first of the
 * turn after.
 *
 * @throws whatever its own request was answered with, or the signal's reason.
 */
export async function takeTurnsTogether<Request, Result>(
  options: TurnOptions<Request, Result>,
): Promise<Result> {
  const { thing, request, signal, serve } = options;
  signal?.throwIfAborted();
  const queue = queues.get(thing) ?? [];
  queues.set(thing, queue);
  return new Promise<Result>((resolve, reject) => {
    let isSettled = false;
    const settle =
      <T>(answer: (value: T) => void) =>
      (value: T) => {
        isSettled = true;
        signal?.removeEventListener('abort', leave);
        answer(value);
      };
    const me: Waiting<Request, Result> = {
      request,
      resolve: settle(resolve),
      reject: settle(reject),
      isSettled: () => isSettled,
    };
    function leave() {
      const index = queue.indexOf(me);
      if (index >= 0) queue.splice(index, 1);
      me.reject(signal!.reason);
    }
    signal?.addEventListener('abort', leave);
    queue.push(me);
    inTurn(thing, async () => {
      // others may have been served with it before, or it does not fit yet
      while (queue.includes(me)) {
        const together = takeThoseThatFit(queue, options.fits);
        try {
          await serve(together);
        } catch (error) {
          together.forEach(one => one.reject(error));
        }
      }
      if (queue.length === 0 && queues.get(thing) === queue) {
        queues.delete(thing);
      }
    }).catch(me.reject);
  });
}

function takeThoseThatFit<Request, Result>(
  queue: Array<Waiting<Request, Result>>,
  fits: TurnOptions<Request, Result>['fits'],
): Array<Waiting<Request, Result>> {
  const taken: Array<Waiting<Request, Result>> = [];
  const left: Array<Waiting<Request, Result>> = [];
  for (const one of queue) {
    // whoever is the first goes in any case
    const isTaken =
      taken.length === 0 ||
      fits(
        one.request,
        taken.map(({ request }) => request),
      );
    (isTaken ? taken : left).push(one);
  }
  queue.splice(0, queue.length, ...left);
  return taken;
}
