import {
  comparePromotionOrder,
  DeliveryCell,
  EnvironmentSummary,
  Overview,
} from '@fairway/plugin-platform-envs-common';
import { refName } from '../../model/refs';
import { CELL_STATES_WORST_FIRST } from '../../model/vocabulary';
import { BoardRow } from '../Board/boardModel';

function worst(states: Array<DeliveryCell['state']>): number {
  return Math.min(
    CELL_STATES_WORST_FIRST.length,
    ...states.map(state => CELL_STATES_WORST_FIRST.indexOf(state)),
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

/** A platform with the worst state that stands in each of its environments. */
export interface PlatformState {
  systemRef: string;
  name: string;
  environments: Array<{
    environment: EnvironmentSummary;
    /** Undefined where nothing runs. */
    state?: DeliveryCell['state'];
    /** How many services are in that state. */
    count: number;
  }>;
}

/** Sums the overview up by platform and environment, in promotion order. */
export function platformStates(overview: Overview): PlatformState[] {
  const cells = new Map<string, Array<DeliveryCell['state']>>();
  for (const cell of overview.rows.flatMap(row => row.cells)) {
    const states = cells.get(cell.environmentRef) ?? [];
    cells.set(cell.environmentRef, [...states, cell.state]);
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
      environments: [],
    };
    platforms.set(systemRef, platform);
    // What was never deployed says nothing about how the environment does.
    const all = cells.get(environment.ref) ?? [];
    const deployed = all.filter(state => state !== 'not-deployed');
    const state = CELL_STATES_WORST_FIRST[worst(deployed)];
    platform.environments.push({
      environment,
      state,
      count: deployed.filter(other => other === state).length,
    });
  }
  return [...platforms.values()];
}
