import { Clock } from '../types';
import { kubeTime } from '../kubernetes/KubeObject';

/** Newest ones of each subject that are kept. */
const KEPT = 30;

/** Something that happened; Argo CD writes it as a Kubernetes event. */
export interface ApplicationNote {
  reason: string;
  message: string;
  /** Which part of Argo CD writes it. */
  component: 'argocd-server' | 'argocd-application-controller';
  at: string;
}

/** Name of a project among the subjects; applications go by their own. */
export function projectSubject(project: string): string {
  return `project/${project}`;
}

/** What happened to applications and projects lately. */
export class ApplicationNotes {
  /** @param notes - by subject, newest last; kept with the applications */
  constructor(
    private readonly clock: Clock,
    private readonly notes: Map<string, ApplicationNote[]>,
  ) {}

  add(
    subject: string,
    reason: string,
    message: string,
    component: ApplicationNote['component'] = 'argocd-application-controller',
  ): void {
    const at = kubeTime(this.clock.now());
    const note = { reason, message, component, at };
    this.notes.set(subject, [...this.of(subject), note].slice(-KEPT));
  }

  /** Newest last, at most thirty. */
  of(subject: string): ApplicationNote[] {
    return this.notes.get(subject) ?? [];
  }

  /** Forgets a subject, or all. */
  forget(subject?: string): void {
    if (subject === undefined) {
      this.notes.clear();
    } else {
      this.notes.delete(subject);
    }
  }
}
