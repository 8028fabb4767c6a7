import { join } from 'node:path';
import { JsonFile } from '../aws/JsonFile';
import { World } from '../types';
import { ecsServices, isInTrouble } from './ecsServices';

/** How often the world is looked at, as a scrape would; world's time. */
const LOOK_MS = 5_000;
/** Who asks about many subjects in a row looks once; world's time. */
const REST_MS = 50;
/** What is older is forgotten. */
const KEEP_MS = 15 * 86_400_000;

/** Something was wrong for a while; epoch milliseconds. */
export interface Trouble {
  /** Name of an Argo CD application, or `<service>-<environment>` on ECS. */
  subject: string;
  fromMs: number;
  /** Absent while it lasts. */
  untilMs?: number;
}

/**
 * When what runs was degraded: what is over stays visible in graphs. Kept in
 * `observability.json`.
 */
export class HealthJournal {
  private troubles: Trouble[];
  private readonly file: JsonFile<Trouble[]>;
  private cancel: (() => void) | undefined;
  private lookedMs = -Infinity;

  private constructor(private readonly world: World) {
    this.file = new JsonFile(
      join(world.dataDir, 'observability.json'),
      () => this.troubles,
    );
    this.troubles = this.file.load() ?? [];
  }

  /** Goes on from what is on disk, and looks at the world from now on. */
  static open(world: World): HealthJournal {
    const journal = new HealthJournal(world);
    world.onReset(() => {
      journal.troubles = [];
      journal.lookedMs = -Infinity;
      journal.file.touch();
    });
    world.onClose(() => {
      journal.cancel?.();
      journal.file.flush();
    });
    journal.lookAgain();
    return journal;
  }

  /** When a subject was in trouble, in the order in which it began. */
  of(subject: string): Trouble[] {
    this.look();
    return this.troubles.filter(trouble => trouble.subject === subject);
  }

  private lookAgain() {
    this.look();
    this.cancel = this.world.schedule(LOOK_MS, () => this.lookAgain());
  }

  private look() {
    const nowMs = this.world.clock.now().getTime();
    if (Math.abs(nowMs - this.lookedMs) < REST_MS) return;
    this.lookedMs = nowMs;
    const subjects = this.subjectsInTrouble();
    const open = new Set<string>();
    for (const trouble of this.troubles) {
      if (trouble.untilMs !== undefined) continue;
      if (subjects.has(trouble.subject)) {
        open.add(trouble.subject);
      } else {
        trouble.untilMs = nowMs;
        this.file.touch();
      }
    }
    for (const subject of subjects) {
      if (!open.has(subject)) {
        this.troubles.push({ subject, fromMs: nowMs });
        this.file.touch();
      }
    }
    this.troubles = this.troubles.filter(
      ({ untilMs }) => untilMs === undefined || untilMs > nowMs - KEEP_MS,
    );
  }

  private subjectsInTrouble(): Set<string> {
    const applications = this.world.argocd?.store.list() ?? [];
    return new Set([
      ...applications
        .filter(({ status }) =>
          ['Degraded', 'Missing'].includes(status.health.status),
        )
        .map(({ metadata }) => metadata.name),
      ...ecsServices(this.world)
        .filter(isInTrouble)
        .map(
          ({ service, environment }) =>
            `${service.name}-${environment.shortName}`,
        ),
    ]);
  }
}
