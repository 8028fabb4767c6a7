import { Clock } from '../types';
import { kubeTime } from '../kubernetes/KubeObject';

/** Newest ones of each application that are kept. */
const KEPT = 30;

/** Something that happened to an application; Argo CD writes it as a Kubernetes event. */
export interface ApplicationNote {
  reason: string;
  message: string;
  at: string;
}

/** What happened to applications lately; a restart forgets it. */
export class ApplicationNotes {
  private readonly notes = new Map<string, ApplicationNote[]>();

  constructor(private readonly clock: Clock) {}

  add(application: string, reason: string, message: string): void {
    const note = { reason, message, at: kubeTime(this.clock.now()) };
    this.notes.set(application, [...this.of(application), note].slice(-KEPT));
  }

  /** Newest last, at most thirty. */
  of(application: string): ApplicationNote[] {
    return this.notes.get(application) ?? [];
  }

  /** Forgets an application, or all. */
  forget(application?: string): void {
    if (application === undefined) {
      this.notes.clear();
    } else {
      this.notes.delete(application);
    }
  }
}
