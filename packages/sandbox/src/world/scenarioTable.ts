import { JsonFile } from './aws/JsonFile';
import { unknownName } from './nearest';
import { Clock, Scenario, ScenarioRun, ScenarioTable, World } from './types';

interface Saved {
  /** By name of the scenario. */
  active: Record<string, ScenarioRun[]>;
}

/**
 * A table that knows one situation: `calm`, which ends all others. What is
 * active is kept in a file, for after a restart.
 */
export function createScenarioTable(options: {
  file: string;
  clock: Clock;
  report: World['report'];
}): ScenarioTable & { flush(): void } {
  const { clock, report } = options;
  const scenarios = new Map<string, Scenario>();
  const active = new Map<string, ScenarioRun[]>();
  const file = new JsonFile<Saved>(options.file, () => ({
    active: Object.fromEntries(active),
  }));

  const find = (name: string): Scenario => {
    const scenario = scenarios.get(name);
    if (!scenario) {
      throw new Error(unknownName('scenario', name, [...scenarios.keys()]));
    }
    return scenario;
  };

  const stop = async (name: string) => {
    const runs = active.get(name);
    if (runs) {
      active.delete(name);
      file.touch();
      await scenarios.get(name)?.stop?.(runs);
    }
  };

  const calm: Scenario = {
    name: 'calm',
    description: 'Everything is well: ends every other scenario.',
    parameters: [],
    async start() {
      const ended = [...active.keys()].filter(name => scenarios.has(name));
      // The last that came goes first: it may stand on an earlier one.
      for (const name of [...ended].reverse()) {
        await stop(name);
      }
      return { ended };
    },
  };
  scenarios.set(calm.name, calm);

  return {
    register(scenario) {
      if (scenarios.has(scenario.name)) {
        throw new Error(`scenario ${scenario.name} is registered twice`);
      }
      scenarios.set(scenario.name, scenario);
    },
    list: () =>
      [...scenarios.values()].map(({ name, description, parameters }) => {
        const runs = active.get(name) ?? [];
        return {
          name,
          description,
          parameters: parameters ?? [],
          active: name === calm.name ? active.size === 0 : runs.length > 0,
          runs,
        };
      }),
    async start(name, given = {}) {
      const scenario = find(name);
      const parameters = readParameters(scenario, given);
      const result = await scenario.start(parameters);
      if (scenario !== calm) {
        const run = {
          parameters,
          result: result ?? null,
          startedAt: clock.now().toISOString(),
        };
        active.set(name, [...(active.get(name) ?? []), run]);
      }
      file.touch();
      return result;
    },
    async stop(name) {
      find(name);
      await stop(name);
    },
    async resume() {
      for (const [name, runs] of Object.entries(file.load()?.active ?? {})) {
        active.set(name, runs);
        const scenario = scenarios.get(name);
        for (const run of runs) {
          try {
            await (scenario?.resume
              ? scenario.resume(run)
              : scenario?.start(run.parameters));
          } catch (error) {
            report(`scenario ${name} could not be brought back`, error);
          }
        }
      }
    },
    flush: () => file.flush(),
  };
}

/** @throws Error - a parameter is unknown or not of its type. */
function readParameters(
  scenario: Scenario,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const known = scenario.parameters;
  if (!known) {
    return given;
  }
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const parameter = known.find(candidate => candidate.name === name);
    if (!parameter) {
      throw new Error(
        known.length === 0
          ? `scenario ${scenario.name} takes no parameters, not even "${name}"`
          : `${scenario.name} has ${unknownName(
              'parameter',
              name,
              known.map(candidate => candidate.name),
            )}`,
      );
    }
    if (parameter.type === 'number') {
      const number =
        typeof value === 'string' && value.trim() === '' ? NaN : Number(value);
      if (!Number.isFinite(number)) {
        throw new Error(
          `parameter ${name} of ${scenario.name} is a number, not "${value}"`,
        );
      }
      read[name] = number;
    } else if (typeof value === 'string' || typeof value === 'number') {
      read[name] = String(value);
    } else {
      throw new Error(`parameter ${name} of ${scenario.name} is text`);
    }
  }
  return read;
}
