import {
  MeasuredRequests,
  MetricsSubject,
} from '@fairway/plugin-platform-envs-node';
import { inSlices } from '../../inSlices';
import { shareStrings } from '../../shareStrings';

const FIGURES = ['requests', 'errors', 'latencyP50', 'latencyP95'] as const;

/** Figures of one subject, oldest first; NaN is a gap. */
export type SubjectHistory = { subject: MetricsSubject } & Record<
  (typeof FIGURES)[number],
  Float32Array
>;

class PackedHistory implements SubjectHistory {
  readonly #values: Float32Array;

  constructor(readonly subject: MetricsSubject, private readonly size: number) {
    this.#values = new Float32Array(size * FIGURES.length).fill(NaN);
  }

  get requests() {
    return this.#part(0);
  }

  get errors() {
    return this.#part(1);
  }

  get latencyP50() {
    return this.#part(2);
  }

  get latencyP95() {
    return this.#part(3);
  }

  get isEmpty(): boolean {
    return this.#values.every(Number.isNaN);
  }

  #part(index: number): Float32Array {
    return this.#values.subarray(index * this.size, (index + 1) * this.size);
  }
}

/**
 * The last hours of every subject, one value a step. The window moves on with
 * what is added; whoever has had no value in all of it is forgotten.
 *
 * Four bytes a value: 6,000 subjects over three hours take 17 MB. What a subject
 * has stands in one piece of memory: a piece for each figure would take a third
 * more.
 */
export class RequestHistory {
  readonly #subjects = new Map<string, PackedHistory>();
  /** Of all subjects: each environment and namespace is named by thousands. */
  readonly #names = new Map<string, string>();
  /** Of the newest value; undefined before the first. */
  #endMs?: number;

  constructor(
    readonly stepMs: number,
    /** Values that are kept of each. */
    readonly size: number,
  ) {}

  /** Of the oldest value that is kept; undefined before the first. */
  get startMs(): number | undefined {
    return this.#endMs === undefined
      ? undefined
      : this.#endMs - (this.size - 1) * this.stepMs;
  }

  /** Of the newest value. */
  get endMs(): number | undefined {
    return this.#endMs;
  }

  get subjects(): Iterable<SubjectHistory> {
    return this.#subjects.values();
  }

  /**
   * Puts measurements in place of what was known of that time. A subject that
   * is not among them was not measured then. Each subject changes at once; one at
   * a time may put.
   */
  async put(
    startMs: number,
    endMs: number,
    measured: MeasuredRequests[],
  ): Promise<void> {
    this.#advance(endMs);
    const put = new Set<PackedHistory>();
    await inSlices(measured, one => {
      const history = this.#history(one.subject);
      put.add(history);
      for (const figure of FIGURES) {
        this.#write(history[figure], startMs, endMs, one[figure]);
      }
    });
    await inSlices(this.#subjects, ([key, history]) => {
      for (const figure of put.has(history) ? [] : FIGURES) {
        this.#write(history[figure], startMs, endMs, undefined);
      }
      if (!history.isEmpty) return;
      this.#subjects.delete(key);
      // names that only it had are forgotten with it
      this.#names.clear();
    });
  }

  #history(subject: MetricsSubject): PackedHistory {
    const key = JSON.stringify(subject);
    let history = this.#subjects.get(key);
    if (!history) {
      history = new PackedHistory(
        shareStrings({ ...subject }, this.#names),
        this.size,
      );
      this.#subjects.set(key, history);
    }
    return history;
  }

  #advance(endMs: number): void {
    const steps =
      this.#endMs === undefined
        ? 0
        : Math.round((endMs - this.#endMs) / this.stepMs);
    if (this.#endMs === undefined || endMs > this.#endMs) this.#endMs = endMs;
    if (steps <= 0) return;
    for (const history of this.#subjects.values()) {
      for (const figure of FIGURES) {
        const values = history[figure];
        values.copyWithin(0, steps);
        values.fill(NaN, Math.max(0, this.size - steps));
      }
    }
  }

  #write(
    into: Float32Array,
    startMs: number,
    endMs: number,
    values: number[] | undefined,
  ): void {
    const first = Math.round((startMs - this.startMs!) / this.stepMs);
    const count = Math.round((endMs - startMs) / this.stepMs) + 1;
    for (let i = 0; i < count; i++) {
      const at = first + i;
      if (at >= 0 && at < into.length) into[at] = values ? values[i] : NaN;
    }
  }
}
