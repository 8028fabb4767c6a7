import { World } from '../types';
import { ArgocdEngine } from './ArgocdEngine';

/** Registers what can happen to Argo CD itself: silence, lost rights, expired tokens, a restart. */
export function registerServerScenarios(
  world: Pick<World, 'scenarios'>,
  engine: ArgocdEngine,
): void {
  const { scenarios } = world;

  scenarios.register({
    name: 'argo-silent',
    description:
      'Argo CD keeps connections open and says nothing: API calls wait and watches stall.',
    start() {
      engine.setSilent(true);
      return {};
    },
    stop() {
      engine.setSilent(false);
    },
  });

  scenarios.register({
    name: 'argo-rbac-lost',
    description:
      'Argo CD shows no application to anybody: lists are empty, single ones are forbidden.',
    start() {
      engine.blind = true;
      return {};
    },
    stop() {
      engine.blind = false;
    },
  });

  scenarios.register({
    name: 'argo-token-expired',
    description:
      'All tokens of Argo CD have expired, also those that are made now: every call is answered with 401.',
    start() {
      engine.tokensExpired = true;
      return {};
    },
    stop() {
      engine.tokensExpired = false;
    },
  });

  scenarios.register({
    name: 'argo-restart',
    description:
      'Argo CD restarts from a backup: watches are cut, and resource versions go back. It happens once.',
    start() {
      engine.restart();
      return { resourceVersion: engine.store.resourceVersion() };
    },
    // It has happened.
    resume() {},
  });
}
