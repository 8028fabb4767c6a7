import { join } from 'node:path';
import { World } from '../../types';
import { AwsError } from '../AwsError';
import { JsonFile } from '../JsonFile';
import { RegistryRef } from '../registry/types';
import { NextRun, readExpression } from './scheduleTimes';
import {
  CallTarget,
  Schedule,
  ScheduleGroup,
  ScheduleRun,
  ScheduleSettings,
} from './types';

export const DEFAULT_GROUP = 'default';

// Schedules are due to the minute.
const TICK_MS = 60_000;
// What is kept of the past, and what one jump of the clock may bring about.
const MOST_RUNS = 500;
const MOST_RUNS_AT_ONCE = 200;

interface Stored {
  schedules: Schedule[];
  groups: ScheduleGroup[];
  /** Newest first. */
  runs: ScheduleRun[];
}

const empty = (): Stored => ({ schedules: [], groups: [], runs: [] });

/**
 * The schedules of all accounts, and the clock that runs them. What would have
 * run while the sandbox stood still does not run later; what the world's clock
 * jumps over does, in order.
 */
export class ScheduleBook {
  private state: Stored;
  private readonly file: JsonFile<Stored>;
  private checkedAt: Date;
  private callTarget: CallTarget | undefined;

  constructor(
    private readonly world: Pick<
      World,
      'clock' | 'schedule' | 'dataDir' | 'onReset' | 'onClose'
    >,
  ) {
    this.file = new JsonFile(
      join(world.dataDir, 'aws', 'schedules.json'),
      () => this.state,
    );
    this.state = this.file.load() ?? empty();
    this.checkedAt = world.clock.now();
    world.onReset(() => {
      this.state = empty();
      this.file.touch();
    });
    world.onClose(() => this.file.flush());
  }

  /** Lets schedules run from now on. */
  start(callTarget: CallTarget): void {
    this.callTarget = callTarget;
    this.tickLater();
  }

  /** What ran, newest first. */
  get runs(): ScheduleRun[] {
    return this.state.runs;
  }

  /** Schedules of a place, by group and name. */
  list(place: RegistryRef): Schedule[] {
    return this.state.schedules
      .filter(schedule => isAt(schedule, place))
      .sort((a, b) =>
        `${a.group}/${a.name}` < `${b.group}/${b.name}` ? -1 : 1,
      );
  }

  /** @throws AwsError - ResourceNotFoundException */
  get(place: RegistryRef, group: string, name: string): Schedule {
    const schedule = this.list(place).find(
      candidate => candidate.group === group && candidate.name === name,
    );
    if (!schedule) {
      throw notFound(`Schedule ${name}`);
    }
    return schedule;
  }

  /** @throws AwsError - ConflictException, ValidationException, ResourceNotFoundException */
  create(
    place: RegistryRef,
    group: string,
    name: string,
    settings: ScheduleSettings,
  ): Schedule {
    this.getGroup(place, group);
    if (
      this.list(place).some(
        schedule => schedule.group === group && schedule.name === name,
      )
    ) {
      throw new AwsError(
        'ConflictException',
        `Schedule ${name} already exists.`,
        409,
      );
    }
    const now = this.world.clock.now().toISOString();
    const schedule: Schedule = {
      ...settings,
      accountId: place.accountId,
      region: place.region,
      group,
      name,
      createdAt: now,
      modifiedAt: now,
    };
    nextRunOf(schedule);
    this.state.schedules.push(schedule);
    this.file.touch();
    return schedule;
  }

  /** Replaces all settings. @throws AwsError - ValidationException */
  update(schedule: Schedule, settings: ScheduleSettings): void {
    nextRunOf({ ...schedule, ...settings });
    Object.assign(schedule, settings, {
      modifiedAt: this.world.clock.now().toISOString(),
    });
    this.file.touch();
  }

  delete(schedule: Schedule): void {
    this.state.schedules = this.state.schedules.filter(
      other => other !== schedule,
    );
    this.file.touch();
  }

  /** Groups of a place, by name; the default one was always there. */
  listGroups(place: RegistryRef): ScheduleGroup[] {
    const { accountId, region } = place;
    const own = this.state.groups.filter(group => isAt(group, place));
    const since = new Date(Date.UTC(2025, 0, 1)).toISOString();
    return [
      ...own,
      {
        accountId,
        region,
        name: DEFAULT_GROUP,
        tags: {},
        createdAt: since,
        modifiedAt: since,
      },
    ].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws AwsError - ResourceNotFoundException */
  getGroup(place: RegistryRef, name: string): ScheduleGroup {
    const group = this.listGroups(place).find(other => other.name === name);
    if (!group) {
      throw notFound(`Schedule group ${name}`);
    }
    return group;
  }

  /** @throws AwsError - ConflictException */
  createGroup(
    place: RegistryRef,
    name: string,
    tags: Record<string, string>,
  ): ScheduleGroup {
    if (this.listGroups(place).some(group => group.name === name)) {
      throw new AwsError(
        'ConflictException',
        `Schedule group ${name} already exists.`,
        409,
      );
    }
    const now = this.world.clock.now().toISOString();
    const group: ScheduleGroup = {
      accountId: place.accountId,
      region: place.region,
      name,
      tags,
      createdAt: now,
      modifiedAt: now,
    };
    this.state.groups.push(group);
    this.file.touch();
    return group;
  }

  setGroupTags(group: ScheduleGroup, tags: Record<string, string>): void {
    group.tags = tags;
    this.file.touch();
  }

  /** Removes a group with its schedules. @throws AwsError - ValidationException for the default one. */
  deleteGroup(group: ScheduleGroup): void {
    if (group.name === DEFAULT_GROUP) {
      throw new AwsError(
        'ValidationException',
        'The default schedule group cannot be deleted.',
      );
    }
    this.state.groups = this.state.groups.filter(other => other !== group);
    this.state.schedules = this.state.schedules.filter(
      schedule => !(isAt(schedule, group) && schedule.group === group.name),
    );
    this.file.touch();
  }

  private tickLater(): void {
    this.world.schedule(TICK_MS, async () => {
      this.tickLater();
      const now = this.world.clock.now();
      const since = this.checkedAt;
      this.checkedAt = now;
      for (const { schedule, dueAt } of this.dueBetween(since, now)) {
        await this.run(schedule, dueAt);
      }
      this.removeCompleted(now);
    });
  }

  private dueBetween(since: Date, until: Date) {
    const due: Array<{ schedule: Schedule; dueAt: Date }> = [];
    for (const schedule of this.state.schedules) {
      if (schedule.state === 'ENABLED') {
        const next = nextRunOf(schedule);
        let dueAt = next(since);
        while (dueAt && dueAt <= until && due.length < MOST_RUNS_AT_ONCE) {
          due.push({ schedule, dueAt });
          dueAt = next(dueAt);
        }
      }
    }
    return due.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
  }

  private async run(schedule: Schedule, dueAt: Date): Promise<void> {
    const { accountId, region, group, name, target } = schedule;
    const run: ScheduleRun = {
      accountId,
      region,
      group,
      name,
      target: target.Arn,
      dueAt: dueAt.toISOString(),
    };
    try {
      await this.callTarget!(schedule);
    } catch (error) {
      run.error = `${(error as Error).name}: ${(error as Error).message}`;
    }
    this.state.runs.unshift(run);
    this.state.runs.length = Math.min(this.state.runs.length, MOST_RUNS);
    this.file.touch();
  }

  private removeCompleted(now: Date): void {
    this.state.schedules
      .filter(
        schedule =>
          schedule.actionAfterCompletion === 'DELETE' &&
          !nextRunOf(schedule)(now),
      )
      .forEach(schedule => this.delete(schedule));
  }
}

function isAt(item: RegistryRef, place: RegistryRef): boolean {
  return item.accountId === place.accountId && item.region === place.region;
}

function notFound(what: string): AwsError {
  return new AwsError(
    'ResourceNotFoundException',
    `${what} does not exist.`,
    404,
  );
}

/** When a schedule runs, within its beginning and end. @throws AwsError - ValidationException */
function nextRunOf(schedule: Omit<Schedule, 'modifiedAt'>): NextRun {
  const { expression, zone, startAt, endAt, createdAt } = schedule;
  const begin = new Date(startAt ?? createdAt);
  const next = readExpression(expression, zone, begin);
  return after => {
    const from =
      startAt && after < begin ? new Date(begin.getTime() - 1) : after;
    const at = next(from);
    return at && endAt && at > new Date(endAt) ? undefined : at;
  };
}
