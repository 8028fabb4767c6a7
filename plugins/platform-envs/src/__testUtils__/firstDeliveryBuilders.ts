import {
  FIRST_DELIVERY_STEPS,
  FirstDelivery,
  FirstDeliveryStepId,
  FirstDeliveryStepState,
} from '@fairway/plugin-platform-envs-common';

const TITLES: Record<FirstDeliveryStepId, string> = {
  repository: 'Repository',
  image: 'Image built',
  replication: 'Replicated',
  desired: 'Desired state',
  sync: 'Synced',
  health: 'Healthy in dev',
};

/** An ISO time so many minutes ago. */
export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

/** A component whose first image is being built; or one that stopped at a station. */
export function aFirstDelivery(
  changes: Partial<FirstDelivery> = {},
  failedStep?: FirstDeliveryStepId,
): FirstDelivery {
  const reached = FIRST_DELIVERY_STEPS.indexOf(failedStep ?? 'image');
  const stateOf = (i: number): FirstDeliveryStepState => {
    if (i < reached) return 'done';
    if (i > reached) return 'waiting';
    return failedStep ? 'failed' : 'running';
  };
  return {
    id: '01KJM0000000000000000000AB',
    componentRef: 'component:default/greeter',
    systemRef: 'system:default/sample-platform-ai',
    environmentRef: 'environment:default/sample-platform-ai-dev',
    environmentName: 'dev',
    requestedBy: 'user:default/me',
    repository: 'sample-platform-ai/greeter',
    state: failedStep ? 'stopped' : 'following',
    sentence: 'CI builds the first image.',
    steps: FIRST_DELIVERY_STEPS.map((id, i) => ({
      id,
      title: TITLES[id],
      state: stateOf(i),
      sentence: id === 'image' ? 'CI builds the first image.' : 'As it should.',
      ...(stateOf(i) !== 'waiting' && { at: minutesAgo(1) }),
      ...(id === 'image' && {
        link: { title: 'Build', url: 'http://ci.example.com/1' },
      }),
    })),
    createdAt: minutesAgo(2),
    observedAt: new Date().toISOString(),
    ...changes,
  };
}
