import { Deployment } from '@fairway/plugin-platform-envs-node';

/** Whether its resources could say why. */
export function isUnwell({
  health,
}: Partial<Pick<Deployment, 'health'>>): boolean {
  return health === 'Degraded' || health === 'Progressing';
}
