import { ScenarioTable } from '../types';
import { AwsCondition, Conditions } from './Conditions';

const SCENARIOS: Array<{ name: AwsCondition; description: string }> = [
  {
    name: 'lag-spike',
    description:
      'Aurora replication lag between regions is twenty times its usual, from now on.',
  },
  {
    name: 'region-down',
    description: 'Secondary regions send no CloudWatch datapoints any more.',
  },
  {
    name: 'throttled',
    description: 'AWS answers every call with a throttling error.',
  },
  {
    name: 'cost-jump',
    description:
      'Compute of the production environments costs 80 % more since three days ago.',
  },
];

/** Offers the conditions of AWS as situations of the world. */
export function registerAwsScenarios(
  table: ScenarioTable,
  conditions: Conditions,
): void {
  for (const { name, description } of SCENARIOS) {
    table.register({
      name,
      description,
      start() {
        conditions.start(name);
        return { condition: name };
      },
      stop: () => conditions.stop(name),
    });
  }
}
