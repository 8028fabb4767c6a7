import {
  DeliveryCell,
  EnvironmentRuntime,
  EnvironmentSummary,
  SourceState,
} from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { BoardInput } from './board';
import { conditionIn } from './readCell';

/** Why nothing reports on what runs. */
const NO_SOURCE: Record<EnvironmentRuntime, string> = {
  eks: 'no Argo CD is configured (platformEnvs.argocd.instances)',
  ecs: 'AWS is not configured (the block aws)',
  local: 'Fairway does not look into developers’ machines',
};

const WORST_FIRST: SourceState[] = ['error', 'stale', 'absent', 'live'];

type Sources = BoardInput['deploymentSources'];

/** The condition of what feeds a cell: of its own source, or the worst of those that could. */
export function sourceOf(
  sources: Sources,
  environment: EnvironmentSummary,
  deployment: Deployment | undefined,
): DeliveryCell['source'] {
  const able = sourcesFor(sources, environment);
  if (able.length === 0) {
    return { state: 'absent', message: NO_SOURCE[environment.runtime] };
  }
  const own = able.find(s => s.instance === deployment?.instance);
  const [worst] = (own ? [own] : able)
    .map(({ snapshot }) => conditionIn(snapshot, environment))
    .sort(
      (a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state),
    );
  return worst;
}

/** Whether everything that could report on an environment does. */
export function sourcesAreLive(
  sources: Sources,
  environment: EnvironmentSummary,
): boolean {
  const able = sourcesFor(sources, environment);
  return (
    able.length > 0 &&
    able.every(s => conditionIn(s.snapshot, environment).state === 'live')
  );
}

/** Changes when cells of the environment have to be composed again because of their sources. */
export function conditionKey(
  sources: Sources,
  environment: EnvironmentSummary,
): string {
  return sourcesFor(sources, environment)
    .map(({ instance, snapshot }) => {
      const { state, message, observedAt } = conditionIn(snapshot, environment);
      // while it is live its last word is always from just now
      return [instance, state, message, state === 'live' ? '' : observedAt];
    })
    .join('\n');
}

function sourcesFor(sources: Sources, { runtime }: EnvironmentSummary) {
  return sources.filter(s => s.runtime === runtime);
}
