import { mockCredentials } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { ComponentInput } from '../gitops/componentInput';
import { resolveComponent } from '../gitops/resolveComponent';
import { GitopsComponent } from '../gitops/types';
import {
  imageRepositoryOf,
  Platform,
  readPlatform,
} from '../platform/readPlatform';
import { seedEntities } from './sandboxPlatform';

/** Systems of the seed catalog by what runs their services. */
export const SEED_SYSTEMS = {
  eks: ['sample-platform-ai', 'campaign-lifecycle-platform'],
  ecs: ['cornjacket-platform', 'mobilytics'],
};

/** A platform as the seed catalog describes it. */
export function seedPlatform(system: string): Promise<Platform> {
  return readPlatform({
    catalog: catalogServiceMock({ entities: seedEntities() }),
    credentials: mockCredentials.user(),
    system,
  });
}

/** A component of a seeded platform, as the overlays action would render it. */
export async function aComponent(
  system: string,
  input: ComponentInput & { name?: string } = {},
): Promise<GitopsComponent> {
  const { name = 'greeter', ...rest } = input;
  const platform = await seedPlatform(system);
  const { owner, repo, branch, path } = platform.gitops;
  return {
    ...resolveComponent(platform.environments, rest),
    name,
    system,
    imageRepository: imageRepositoryOf(platform, name),
    gitopsPath: path,
    repositoryUrl: `https://git.example/${owner}/${repo}.git`,
    branch,
    taskId: 'task-1',
  };
}
