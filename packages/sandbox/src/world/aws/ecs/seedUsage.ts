import { SeedPlatform } from '../../platforms';
import { serviceArn } from './arns';
import { fargateSize } from './countFargateTasks';
import { FargateUse } from './FargateUsage';
import { ecsEnvironments } from './seedEcs';
import {
  componentTags,
  Release,
  serviceFor,
  ServicePlace,
  taskDefinitionFor,
} from './serviceBlueprint';

/** What runs on Fargate when the platforms are as they came; always, as far as this says. */
export function seedUsage(platforms: SeedPlatform[]): FargateUse[] {
  return ecsEnvironments(platforms).flatMap(({ platform, environment }) =>
    platform.services.flatMap(service => {
      const version = service.versions[environment.shortName];
      const place = { platform, environment, component: service.name };
      return version
        ? usesOf(place, {
            image: service.name,
            version,
            desiredCount: service.replicas[environment.shortName] ?? 1,
            strategy: 'ROLLING',
          })
        : [];
    }),
  );
}

function usesOf(place: ServicePlace, release: Release): FargateUse[] {
  const { environment, component } = place;
  const [provider] = serviceFor(place, release).capacityProviderStrategy!;
  const size = fargateSize(
    taskDefinitionFor(place, release),
    provider.capacityProvider,
  );
  const at = {
    accountId: environment.accountId!,
    region: environment.regions[0],
  };
  const count = release.desiredCount;
  return size
    ? [
        {
          ...at,
          resourceArn: serviceArn({
            ...at,
            cluster: environment.cluster!,
            name: component,
          }),
          tags: componentTags(place),
          size,
          history: [{ fromMs: 0, running: count > 0, count }],
        },
      ]
    : [];
}
