import { Scenario, ScenarioTable } from './types';

/** An empty table that knows one situation: `calm`, which ends all others. */
export function createScenarioTable(): ScenarioTable {
  const scenarios = new Map<string, Scenario>();
  const active = new Set<string>();

  const calm: Scenario = {
    name: 'calm',
    description: 'Everything is well: ends every other scenario.',
    async start() {
      const ended = [...active];
      for (const name of ended) {
        await scenarios.get(name)?.stop?.();
        active.delete(name);
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
      [...scenarios.values()].map(({ name, description }) => ({
        name,
        description,
        active: name === calm.name ? active.size === 0 : active.has(name),
      })),
    async start(name, parameters = {}) {
      const scenario = scenarios.get(name);
      if (!scenario) {
        throw new Error(
          `no scenario ${name}; there are ${[...scenarios.keys()].join(', ')}`,
        );
      }
      const result = await scenario.start(parameters);
      if (scenario !== calm) {
        active.add(name);
      }
      return result;
    },
  };
}
