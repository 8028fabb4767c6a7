import { FargateUse } from '../ecs/FargateUsage';
import { Meter } from './CostLine';
import { countedHours } from './hours';
import { fargateHour } from './prices';

/**
 * What ECS tasks on Fargate are charged for: the hours of their vCPUs and of
 * their memory, by architecture, on demand or Spot.
 *
 * @see https://aws.amazon.com/fargate/pricing/
 */
export function fargateMeters(uses: FargateUse[]): Meter[] {
  return uses.flatMap(use => {
    const { accountId, region, resourceArn, tags, size, history } = use;
    const price = fargateHour(size);
    const tasks = countedHours(history);
    const kind = `${size.isSpot ? 'SpotUsage-' : ''}Fargate${
      size.architecture === 'ARM64' ? '-ARM' : ''
    }`;
    const meter = (perTask: number, usage: Meter['usage']): Meter => ({
      accountId,
      region,
      service: 'Amazon Elastic Container Service',
      resourceId: resourceArn,
      tags,
      usage,
      usedBetween: (fromMs, untilMs) =>
        tasks.usedBetween(fromMs, untilMs) * perTask,
      hourlyUse: tasks.hourlyUse * perTask,
    });
    return [
      meter(size.vcpus, {
        name: `${kind}-vCPU-Hours:perCPU`,
        unit: 'vCPU-Hours',
        price: price.vcpu,
      }),
      meter(size.gibibytes, {
        name: `${kind}-GB-Hours`,
        unit: 'GB-Hours',
        price: price.gibibyte,
      }),
    ];
  });
}
