import { MetricSeries } from '../MetricSeries';
import { noise, seedOf } from '../noise';
import { EcsStore, inPlace } from './EcsStore';
import { EcsPlace, ServiceRecord } from './records';

const MINUTES_PER_DAY = 1440;

/**
 * The metrics that ECS sends for the services of an account in a region: the
 * share of their tasks' reserved CPU and memory that is in use, in percent.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
 */
export function ecsSeries(store: EcsStore, place: EcsPlace): MetricSeries[] {
  return store.state.services
    .filter(service => inPlace(service, place) && service.status !== 'INACTIVE')
    .flatMap(service => [
      series(service, 'CPUUtilization', 14, 22),
      series(service, 'MemoryUtilization', 38, 12),
    ]);
}

function series(
  service: ServiceRecord,
  name: string,
  base: number,
  swing: number,
): MetricSeries {
  const seed = seedOf(`${service.cluster}/${service.name}/${name}`);
  const firstMinute = Math.ceil(Date.parse(service.createdAt) / 60_000);
  return {
    namespace: 'AWS/ECS',
    name,
    dimensions: { ClusterName: service.cluster, ServiceName: service.name },
    unit: 'Percent',
    valueAt(minute) {
      // A service without tasks sends nothing.
      if (minute < firstMinute || service.desiredCount === 0) {
        return undefined;
      }
      const day = Math.sin(
        (2 * Math.PI * (minute % MINUTES_PER_DAY)) / MINUTES_PER_DAY -
          Math.PI / 2,
      );
      return (
        base +
        10 * noise(seed, -1) +
        (swing / 2) * (1 + day) * 0.7 +
        swing * 0.3 * noise(seed, minute)
      );
    },
  };
}
