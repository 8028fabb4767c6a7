import { join } from 'node:path';
import { CountPhase, noteCount, recentPhases } from '../countPhases';
import { JsonFile } from '../JsonFile';
import type { EcsStore } from './EcsStore';
import { EcsPlace, Tags } from './records';
import { countFargateTasks } from './countFargateTasks';

/** What Fargate charges a task by. */
export interface FargateSize {
  vcpus: number;
  gibibytes: number;
  architecture: 'X86_64' | 'ARM64';
  isSpot: boolean;
}

/** Tasks that are charged alike, of a service or run by hand, and how many there were when. */
export interface FargateUse extends EcsPlace {
  /** ARN of the service, or of the definition of tasks without a service. */
  resourceArn: string;
  /** Of the tasks. */
  tags: Tags;
  size: FargateSize;
  /** Oldest first, never empty. */
  history: CountPhase[];
}

/**
 * What ran on Fargate, and when: ECS itself forgets a task an hour after it
 * stopped. Kept on disk.
 */
export class FargateUsage {
  /** Another number after every change. */
  revision = 0;
  private uses = new Map<string, FargateUse>();
  private readonly file: JsonFile<FargateUse[]>;

  constructor(dataDir: string) {
    this.file = new JsonFile(
      join(dataDir, 'aws', 'fargate-usage.json'),
      () => this.everything,
    );
  }

  /** All that ran as far back as Cost Explorer looks, in no particular order. */
  get everything(): FargateUse[] {
    return [...this.uses.values()];
  }

  /** Reads what is on disk; false when there is nothing. */
  load(): boolean {
    const stored = this.file.load();
    this.uses = new Map(stored?.map(use => [keyOf(use), use]));
    this.revision += 1;
    return Boolean(stored);
  }

  /** Begins anew: as many tasks as there are have run since their service was created. */
  begin(store: EcsStore): void {
    this.uses.clear();
    for (const { count, sinceMs, ...alike } of countFargateTasks(store)) {
      const use: FargateUse = { ...alike, history: [] };
      noteCount(use.history, sinceMs, count);
      this.uses.set(keyOf(use), use);
    }
    this.changed();
  }

  /** Notes what runs from now on. */
  note(store: EcsStore, now: Date): void {
    const nowMs = now.getTime();
    const counts = new Map<string, number>();
    for (const { count, sinceMs, ...alike } of countFargateTasks(store)) {
      const key = keyOf(alike);
      counts.set(key, count);
      if (!this.uses.has(key)) {
        this.uses.set(key, { ...alike, history: [] });
      }
    }
    const changes = [...this.uses].filter(([key, { history }]) =>
      noteCount(history, nowMs, counts.get(key) ?? 0),
    );
    if (changes.length > 0) {
      this.forgetOld(nowMs);
      this.changed();
    }
  }

  flush(): void {
    this.file.flush();
  }

  private forgetOld(nowMs: number) {
    for (const [key, use] of this.uses) {
      use.history = recentPhases(use.history, nowMs);
      if (use.history.length === 0) {
        this.uses.delete(key);
      }
    }
  }

  private changed() {
    this.revision += 1;
    this.file.touch();
  }
}

function keyOf({
  resourceArn,
  size,
  tags,
}: Pick<FargateUse, 'resourceArn' | 'size' | 'tags'>): string {
  const { vcpus, gibibytes, architecture, isSpot } = size;
  return JSON.stringify([
    resourceArn,
    vcpus,
    gibibytes,
    architecture,
    isSpot,
    Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}
