import { SourceCondition } from '@fairway/plugin-platform-envs-node';
import { UnusableAnswerError } from './ArgocdHttp';

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

  constructor(
    private readonly options: {
      title: string;
      idleTimeoutMs: number;
      now: () => Date;
      /** Called when silence has lasted. */
      onSilence: () => void;
    },
  ) {}

  /** Upstream said something. */
  heard(): void {
    const { idleTimeoutMs, now, onSilence } = this.options;
    this.#lastContact = now().getTime();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(onSilence, idleTimeoutMs + 1_000);
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
    const { now, idleTimeoutMs, title } = this.options;
    if (contact && now().getTime() - contact <= idleTimeoutMs) {
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
