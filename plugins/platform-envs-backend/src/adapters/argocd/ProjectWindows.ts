import { SyncWindowState } from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import {
  judgeSyncWindows,
  SyncWindow,
  syncWindowSchema,
  windowsFor,
} from './syncWindows';

/** One project of the list, as far as its sync windows go. */
export const projectSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ syncWindows: z.array(z.unknown()).nullish() }).nullish(),
});

/** A state, and until when it need not be judged again. */
interface Judged {
  state: SyncWindowState | undefined;
  until: number;
}

/** The sync windows of all projects that may be seen, and how they stand. */
export class ProjectWindows {
  readonly #projects = new Map<string, SyncWindow[]>();
  /** By the windows that concern an application, which many have in common. */
  readonly #judged = new Map<string, Judged>();
  #written = '';

  constructor(private readonly now: () => Date) {}

  /**
   * Takes over a list of projects. A window that cannot be understood counts
   * as none, and is told of.
   *
   * @returns problems, and whether anything changed.
   */
  replace(projects: unknown[]): { problems: string[]; changed: boolean } {
    const problems: string[] = [];
    const read = projects.flatMap(project => {
      const parsed = projectSchema.safeParse(project);
      return parsed.success ? [parsed.data] : [];
    });
    const written = JSON.stringify(
      read.map(p => [p.metadata.name, p.spec?.syncWindows]),
    );
    if (written === this.#written) return { problems, changed: false };
    this.#written = written;
    this.#projects.clear();
    this.#judged.clear();
    for (const { metadata, spec } of read) {
      const windows = (spec?.syncWindows ?? []).flatMap(window => {
        const parsed = syncWindowSchema.safeParse(window);
        if (parsed.success) return [parsed.data];
        problems.push(`${metadata.name}: ${parsed.error.issues[0].message}`);
        return [];
      });
      if (windows.length) this.#projects.set(metadata.name, windows);
    }
    return { problems, changed: true };
  }

  /** How the windows that concern an application stand now; undefined where none does. */
  stateOf(deployment: Deployment): SyncWindowState | undefined {
    const windows = this.#projects.get(deployment.project ?? 'default');
    if (!windows) return undefined;
    const assigned = windowsFor(windows, deployment);
    if (assigned.length === 0) return undefined;
    const key = `${deployment.project} ${assigned
      .map(w => windows.indexOf(w))
      .join(',')}`;
    const now = this.now();
    const known = this.#judged.get(key);
    if (known && now.getTime() < known.until) return known.state;
    const state = judgeSyncWindows(assigned, now);
    const until = state?.openUntil ?? state?.closedUntil;
    this.#judged.set(key, {
      state,
      until: until ? Date.parse(until) : Infinity,
    });
    return state;
  }

  /** When the first of the states that were asked for ends; undefined: never. */
  nextChange(): Date | undefined {
    const ends = [...this.#judged.values()].map(({ until }) => until);
    const next = Math.min(...ends);
    return Number.isFinite(next) ? new Date(next) : undefined;
  }
}
