import { World } from '../../types';
import { ScheduleBook } from '../scheduler/ScheduleBook';
import { SecretStore } from '../secrets/SecretStore';
import { ecrReplicationType } from './ecrReplicationType';
import { ecrRepositoryType } from './ecrRepositoryType';
import { PlainResources } from './PlainResources';
import { PLAIN_TYPES } from './plainTypes';
import { ResourceType } from './ResourceType';
import { scheduleType } from './scheduleType';
import { secretType } from './secretType';

/** What stacks can make here, by the name of the type. */
export function resourceTypes(
  world: Pick<World, 'images' | 'dataDir' | 'onReset' | 'onClose'>,
  parts: { secrets: SecretStore; schedules: ScheduleBook },
): Record<string, ResourceType> {
  const plain = new PlainResources(world);
  return {
    'AWS::ECR::Repository': ecrRepositoryType(world.images),
    'AWS::ECR::ReplicationConfiguration': ecrReplicationType(world.images),
    'AWS::SecretsManager::Secret': secretType(parts.secrets),
    'AWS::Scheduler::Schedule': scheduleType(parts.schedules),
    ...Object.fromEntries(
      Object.entries(PLAIN_TYPES).map(([name, type]) => [
        name,
        plain.typeOf(name, type),
      ]),
    ),
  };
}
