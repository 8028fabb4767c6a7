import { SourceCondition } from '@fairway/plugin-platform-envs-node';
import { UnusableAnswerError } from './ArgocdHttp';

/**
 * A quiet upstream is asked once nothing came for the idle time; until it has
 * had time to answer, its silence says nothing.
 */
const MOST_GRACE_MS = 10_000;

/**
 * When upstream was last heard, and what went wrong since. Silence makes a
 * source `stale`, an answer that cannot be used makes it `error`.
 */
export class SourceContact {
  #lastContact?: number;
  #restoredAt?: string;
  #failure?: { message: string; unusable: boolean };
  #announced?: string;
  #timer?: NodeJS.Timeout;
  readonly #patienceMs: number;

  constructor(
    private readonly options: {
      title: string;
      idleTimeoutMs: number;
      now: () => Date;
      /** Called when silence has lasted. */
      onSilence: () => void;
    },
  ) {
    const { idleTimeoutMs } = options;
    this.#patienceMs =
      idleTimeoutMs + Math.min(MOST_GRACE_MS, idleTimeoutMs / 2);
  }

  /** Upstream said something. */
  heard(): void {
    const { now, onSilence } = this.options;
    this.#lastContact = now().getTime();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(onSilence, this.#patienceMs + 100);
    this.#timer.unref();
  }

  /** What was known before a restart was heard then. */
  restore(observedAt: string | undefined): void {
    if (!this.#lastContact) this.#restoredAt = observedAt;
  }

  /** Upstream answers sensibly again. */
  recover(): void {
    this.#failure = undefined;
  }

  /** @returns the reason, unless it is the one that was known already. */
  fail(error: unknown): string | undefined {
    const message = error instanceof Error ? error.message : String(error);
    const repeated = this.#failure?.message === message;
    this.#failure = { message, unusable: error instanceof UnusableAnswerError };
    return repeated ? undefined : message;
  }

  condition(): SourceCondition {
    const contact = this.#lastContact;
    const observedAt = contact
      ? new Date(contact).toISOString()
      : this.#restoredAt;
    const at = observedAt ? { observedAt } : {};
    if (this.#failure?.unusable) {
      return { state: 'error', ...at, message: this.#failure.message };
    }
    const { now, title } = this.options;
    if (contact && now().getTime() - contact <= this.#patienceMs) {
      return { state: 'live', ...at };
    }
    const message =
      this.#failure?.message ??
      (contact ? undefined : `${title} has not answered yet`);
    return { state: 'stale', ...at, ...(message && { message }) };
  }

  /** Whether it stands otherwise than when that was last told. */
  isNews(): boolean {
    return this.#text() !== this.#announced;
  }

  /** It is being told. */
  told(): void {
    this.#announced = this.#text();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #text(): string {
    const { state, message } = this.condition();
    return `${state} ${message}`;
  }
}
