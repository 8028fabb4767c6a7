import {
  comparePromotionOrder,
  DELIVERY_STATES_WORST_FIRST,
  Overview,
  OverviewCell,
  OverviewEnvironment,
  OverviewRow,
  rowNeedsAttention,
} from '@fairway/plugin-platform-envs-common';
import { isOldCell } from '../../model/freshness';
import { refName } from '../../model/refs';
import { BoardRow } from '../Board/boardModel';

function worst(states: Array<OverviewCell['state']>): number {
  return Math.min(
    DELIVERY_STATES_WORST_FIRST.length,
    ...states.map(state => DELIVERY_STATES_WORST_FIRST.indexOf(state)),
  );
}

/** Orders rows of several platforms, worst first. */
export function byBadness(a: BoardRow, b: BoardRow): number {
  return (
    worst(a.row.cells.map(cell => cell.state)) -
      worst(b.row.cells.map(cell => cell.state)) ||
    a.row.component.name.localeCompare(b.row.component.name)
  );
}

/** When any cell of a row came into its present state; undefined when nobody knows. */
export function lastChange(row: OverviewRow): string | undefined {
  return row.cells
    .flatMap(({ since }) => since ?? [])
    .sort()
    .at(-1);
}

/** A platform with the worst state that stands in each of its environments. */
export interface PlatformState {
  systemRef: string;
  name: string;
  /** How many of its services somebody should look at. */
  attention: number;
  environments: Array<{
    environment: OverviewEnvironment;
    /** Undefined where nothing runs. */
    state?: OverviewCell['state'];
    /** How many services are in that state. */
    count: number;
    /** Of some of them it is only known how they were. */
    isOld: boolean;
  }>;
}

/** Sums the overview up by platform and environment, in promotion order. */
export function platformStates(overview: Overview): PlatformState[] {
  const cells = new Map<string, OverviewCell[]>();
  for (const cell of overview.rows.flatMap(row => row.cells)) {
    const others = cells.get(cell.environmentRef);
    if (others) others.push(cell);
    else cells.set(cell.environmentRef, [cell]);
  }
  const attention = new Map<string, number>();
  for (const row of overview.rows) {
    const systemRef = row.component.systemRef ?? '';
    if (rowNeedsAttention(row)) {
      attention.set(systemRef, (attention.get(systemRef) ?? 0) + 1);
    }
  }
  const platforms = new Map<string, PlatformState>();
  const environments = [...overview.environments].sort((a, b) =>
    comparePromotionOrder(
      { ...a, system: a.systemRef },
      { ...b, system: b.systemRef },
    ),
  );
  for (const environment of environments) {
    if (environment.lifecycle === 'retired') continue;
    const { systemRef } = environment;
    const platform = platforms.get(systemRef) ?? {
      systemRef,
      name: refName(systemRef),
      attention: attention.get(systemRef) ?? 0,
      environments: [],
    };
    platforms.set(systemRef, platform);
    // What was never deployed says nothing about how the environment does.
    const all = cells.get(environment.ref) ?? [];
    const deployed = all.filter(cell => cell.state !== 'not-deployed');
    const state =
      DELIVERY_STATES_WORST_FIRST[worst(deployed.map(cell => cell.state))];
    platform.environments.push({
      environment,
      state,
      count: deployed.filter(cell => cell.state === state).length,
      isOld: deployed.some(isOldCell),
    });
  }
  return [...platforms.values()];
}
