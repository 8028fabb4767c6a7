import { Step } from '../Step';
import { CONTAINER_STEPS } from './containers';
import { COST_STEPS } from './costs';
import { DATABASE_STEPS } from './databases';
import { IDENTITY_STEPS } from './identities';
import { METRIC_STEPS } from './metrics';
import { REGISTRY_STEPS } from './registries';
import { SCHEDULE_STEPS } from './schedules';
import { SECRET_STEPS } from './secrets';
import { STACK_STEPS } from './stacks';

/** Everything that both are asked, in this order. */
export const STEPS: Step[] = [
  ...IDENTITY_STEPS,
  ...REGISTRY_STEPS,
  ...STACK_STEPS,
  ...SECRET_STEPS,
  ...SCHEDULE_STEPS,
  ...CONTAINER_STEPS,
  ...DATABASE_STEPS,
  ...METRIC_STEPS,
  ...COST_STEPS,
];
