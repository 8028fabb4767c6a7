import {
  EnvironmentSummary,
  OverviewRow,
  OverviewSource,
} from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { isDeepStrictEqual } from 'node:util';
import { KeptList } from '../KeptList';
import { BoardChange, BoardInput, ComposedRow, Finding } from './board';
import { BoardLine, hashOf, toBoardLine } from './boardLine';
import { boardSources } from './boardSources';
import { withLinks } from './cellLinks';
import { CommitQuestion } from './commits/applyCommits';
import { ComponentSource } from './commits/sourceOf';
import { composeRow } from './composeRow';
import { DesiredFile, desiredFileOf } from './DesiredState';
import { findOrphans } from './findOrphans';
import { KnownInputs } from './KnownInputs';

/** A component on the board, without what is composed again for whoever looks at it. */
interface Place extends Omit<ComposedRow, 'row'> {
  line: BoardLine;
}

/**
 * The board, kept in step with what is known.
 *
 * 1. `take` compares what is known now with what was known before, and marks
 *    the rows that something of theirs changed for.
 * 2. `compose` composes marked rows, as many as fit the time that it is given.
 *
 * Nothing on the board depends on the time of day: sentences have places for
 * ages. So without a change there is nothing to do.
 */
export class LiveBoard {
  readonly #known = new KnownInputs();
  readonly #places = new Map<string, Place>();
  #linked: EnvironmentSummary[] = [];
  #orphans: Finding[] = [];
  readonly #lines = new KeptList<BoardLine>();
  #changed = new Set<string>();
  /** By `deploymentId`: how many rows claim it. */
  readonly #matched = new Map<string, number>();
  /** Of all rows together; see {@link hashOf}. */
  #rowsHash = 0n;
  #environmentsHash = '';
  #restHash = 0n;

  /** Says which board this is: one that shows the same has the same. */
  get revision(): string {
    return (this.#rowsHash ^ this.#restHash).toString(36);
  }

  /** Whether rows are waiting to be composed. */
  get isBehind(): boolean {
    return this.#known.dirty.size > 0;
  }

  /** By platform, then by name; without rows that were never composed. */
  get lines(): BoardLine[] {
    return this.#lines.get(
      () => [...this.#known.entries.keys()].filter(r => this.#places.has(r)),
      ref => this.#places.get(ref)!.line,
    );
  }

  /** All rows, as the board shows them. */
  get rows(): OverviewRow[] {
    return [...this.#places.values()].map(({ line }) => line.row);
  }

  /** What stands for each component, by environment ref. */
  get standing(): Array<{
    component: OverviewRow['component'];
    deployments: Map<string, Deployment>;
  }> {
    return [...this.#places.values()].map(({ line, deployments }) => ({
      component: line.row.component,
      deployments,
    }));
  }

  /** By system, then in promotion order. */
  get environments(): EnvironmentSummary[] {
    return this.#linked;
  }

  /** Where its readings come from, and how fresh they are. */
  get sources(): OverviewSource[] {
    return boardSources(this.#known.input);
  }

  /** What does not add up. */
  get findings(): Finding[] {
    return [
      ...[...this.#places.values()].flatMap(({ findings }) => findings),
      ...this.#orphans,
      ...this.#known.input.catalog.problems.map(text => ({ text })),
    ];
  }

  /** What would have to be found out about the releases of these components; of all when absent. */
  commitQuestions(componentRefs?: Iterable<string>): CommitQuestion[] {
    return [...(componentRefs ?? this.#places.keys())].flatMap(
      ref => this.#places.get(ref)?.questions ?? [],
    );
  }

  /** Of the components whose source is in a repository. */
  componentsFrom(repository: string): string[] {
    return [...this.#known.dependencies.rowsOf('source', repository)];
  }

  /** Where a component's source is; undefined when its entry names none. */
  sourceOf(componentRef: string): ComponentSource | undefined {
    return this.#known.entries.get(componentRef)?.source;
  }

  has(componentRef: string): boolean {
    return this.#known.entries.has(componentRef);
  }

  /** Of the components that are to run in an environment. */
  componentsIn(environmentRef: string): string[] {
    return [...this.#known.dependencies.rowsOf('environment', environmentRef)];
  }

  /** A row as it is at this moment, with ages, times of reading and links; undefined when there is none. */
  detail(componentRef: string, now: Date): ComposedRow | undefined {
    const entry = this.#known.entries.get(componentRef);
    return entry && composeRow({ ...this.#known.rowInput, now }, entry);
  }

  deployment(
    componentRef: string,
    environmentRef: string,
  ): Deployment | undefined {
    return this.#place(componentRef)?.deployments.get(environmentRef);
  }

  /** Where the release of a component in an environment is written. */
  file(componentRef: string, environmentRef: string): DesiredFile | undefined {
    const entry = this.#known.entries.get(componentRef);
    const environment = this.#known.rowInput.environments.get(environmentRef);
    return entry?.environmentRefs.includes(environmentRef) && environment
      ? desiredFileOf(environment, entry.gitopsName)
      : undefined;
  }

  /** Takes what is known now. Rows are composed later, by `compose`. */
  take(input: BoardInput): void {
    const { catalog } = this.#known.input;
    this.#known.take(input);
    if (catalog !== input.catalog) this.#takeCatalog(input);
  }

  /**
   * Composes rows until none is waiting or `untilMs` (of `performance.now`) has
   * passed; at least one. Says what changed since it was asked the last time.
   */
  compose(untilMs: number = Infinity): BoardChange {
    for (const ref of this.#known.dirty) {
      this.#composePlace(ref);
      if (performance.now() > untilMs) break;
    }
    const changed = this.#changed;
    this.#changed = new Set();
    return { changed, other: this.#composeRest() };
  }

  #place(componentRef: string): Place | undefined {
    if (this.#known.dirty.has(componentRef)) this.#composePlace(componentRef);
    return this.#places.get(componentRef);
  }

  #composePlace(ref: string): void {
    this.#known.dirty.delete(ref);
    const entry = this.#known.entries.get(ref)!;
    const before = this.#places.get(ref);
    const { row, ...rest } = composeRow(this.#known.rowInput, entry);
    const line = toBoardLine(row);
    this.#claim(before?.matched, rest.matched);
    const shown = before?.line.hash === line.hash ? before.line : line;
    this.#places.set(ref, { ...rest, line: shown });
    if (shown === before?.line) return;
    this.#rowsHash ^= (before?.line.hash ?? 0n) ^ line.hash;
    if (before) this.#lines.renew(ref);
    else this.#lines.reorder();
    this.#changed.add(ref);
  }

  /** Counts by how many rows a deployment is claimed. */
  #claim(before: string[] = [], after: string[] = []): void {
    if (isDeepStrictEqual(before, after)) return;
    this.#known.orphansAreOld = true;
    for (const id of before) {
      const count = this.#matched.get(id)! - 1;
      if (count) this.#matched.set(id, count);
      else this.#matched.delete(id);
    }
    for (const id of after) {
      this.#matched.set(id, (this.#matched.get(id) ?? 0) + 1);
    }
  }

  /** Composes what is no row; says whether it changed. */
  #composeRest(): boolean {
    const before = this.#restHash;
    if (this.#known.orphansAreOld && !this.isBehind) {
      this.#known.orphansAreOld = false;
      this.#orphans = findOrphans(this.#known.input, {
        matched: this.#matched,
        files: { has: key => this.#known.dependencies.has('path', key) },
      });
    }
    this.#restHash = hashOf(
      JSON.stringify([
        this.sources.map(({ observedAt, ...source }) =>
          source.state === 'live' ? source : { ...source, observedAt },
        ),
        this.#environmentsHash,
        this.#orphans,
        this.#known.input.catalog.problems,
      ]),
    );
    return this.#restHash !== before;
  }

  #takeCatalog(input: BoardInput): void {
    this.#lines.reorder();
    this.#linked = input.catalog.environments.map(e => withLinks(input, e));
    this.#environmentsHash = hashOf(JSON.stringify(this.#linked)).toString();
    for (const [ref, { matched, line }] of this.#places) {
      if (this.#known.entries.has(ref)) continue;
      this.#claim(matched, undefined);
      this.#rowsHash ^= line.hash;
      this.#places.delete(ref);
      this.#changed.add(ref);
    }
  }
}
