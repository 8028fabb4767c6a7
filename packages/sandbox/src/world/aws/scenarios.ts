import { ScenarioTable } from '../types';
import { AwsCondition, Conditions } from './Conditions';

const SCENARIOS: Array<{ name: AwsCondition; description: string }> = [
  {
    name: 'lag-spike',
    description:
      'Aurora replication lag between regions is thirty times its usual, from now on.',
  },
  {
    name: 'region-down',
    description:
      'Secondary regions (or the `region` asked for) are unreachable: no CloudWatch datapoints, replication waits.',
  },
  {
    name: 'throttled',
    description: 'AWS answers every call with a throttling error.',
  },
  {
    name: 'cost-jump',
    description:
      'EC2 instances of the production environments, clusters apart, cost 80 % more since three days ago.',
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
      parameters:
        name === 'region-down'
          ? [
              {
                name: 'region',
                description: 'the region that is down, `ap-southeast-2`',
                default: 'every secondary region',
              },
            ]
          : [],
      start({ region }) {
        const regions =
          name === 'region-down' && typeof region === 'string'
            ? [region]
            : undefined;
        conditions.start(name, regions);
        return { condition: name, ...(regions && { regions }) };
      },
      stop: () => conditions.stop(name),
    });
  }
}
