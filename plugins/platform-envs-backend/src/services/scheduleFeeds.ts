import { SchedulerService } from '@backstage/backend-plugin-api';
import { Audience } from '@fairway/plugin-platform-envs-node';
import { PlatformEnvsConfig } from '../readConfig';
import { OwnerAlerts } from './alerts/OwnerAlerts';
import { EnvironmentService } from './EnvironmentService';
import { ObservabilityService } from './observability/ObservabilityService';

/** After a start the catalog may still be filling, so it is read more often for a while. */
const WARM_UP = { everyMs: 3_000, forMs: 120_000 };

/**
 * Lets everything that is asked on schedule be asked, and looked at at once
 * when somebody comes: what is not due costs nothing. What is kept in memory is
 * fed by every replica.
 */
export async function scheduleFeeds(options: {
  scheduler: SchedulerService;
  audience: Audience;
  config: Pick<PlatformEnvsConfig, 'git' | 'observability'>;
  environments: EnvironmentService;
  observability: ObservabilityService;
  alerts: OwnerAlerts;
}): Promise<{ stop: () => void }> {
  const { scheduler, audience, config, environments, alerts } = options;
  const { observability } = options;
  await scheduler.scheduleTask({
    id: 'platform-envs-catalog',
    scope: 'local',
    frequency: { seconds: 30 },
    timeout: { minutes: 2 },
    fn: () => environments.refreshCatalogWhenRested(),
  });
  await scheduler.scheduleTask({
    id: 'platform-envs-desired-state',
    scope: 'local',
    frequency: { milliseconds: config.git.untold.activeMs },
    timeout: { minutes: 6 },
    fn: () => environments.pollDesiredState(),
  });
  // one after the other: whoever has come waits for pages meanwhile
  audience.onArrival(async () => {
    await environments.pollDesiredState();
    await observability.pollThings();
    await observability.pollMetrics();
  });
  await scheduler.scheduleTask({
    id: 'platform-envs-snapshot',
    scope: 'global',
    frequency: { seconds: 30 },
    timeout: { minutes: 1 },
    initialDelay: { seconds: 30 },
    fn: () => environments.save(),
  });
  await scheduler.scheduleTask({
    id: 'platform-envs-owner-alerts',
    scope: 'global',
    frequency: { seconds: 10 },
    timeout: { minutes: 1 },
    initialDelay: { seconds: 15 },
    fn: () => alerts.check(),
  });
  await scheduleObservability(scheduler, config.observability, observability);
  return warmUp(environments);
}

/** Nothing is scheduled for what is not configured. */
async function scheduleObservability(
  scheduler: SchedulerService,
  { grafana, prometheus, intervals }: PlatformEnvsConfig['observability'],
  observability: ObservabilityService,
): Promise<void> {
  const timeout = { minutes: 5 };
  if (grafana.length > 0) {
    await scheduler.scheduleTask({
      id: 'platform-envs-grafana',
      scope: 'local',
      timeout,
      initialDelay: { seconds: 3 },
      frequency: { milliseconds: intervals.grafana.activeMs },
      fn: () => observability.pollThings(),
    });
  }
  if (prometheus.length > 0) {
    await scheduler.scheduleTask({
      id: 'platform-envs-prometheus',
      scope: 'local',
      timeout,
      // not in the same moment, then and each time
      initialDelay: { seconds: 20 },
      frequency: { milliseconds: intervals.prometheus.activeMs },
      fn: () => observability.pollMetrics(),
    });
  }
}

function warmUp(environments: EnvironmentService): { stop: () => void } {
  const until = Date.now() + WARM_UP.forMs;
  const timer = setInterval(() => {
    if (Date.now() > until) clearInterval(timer);
    else void environments.refreshCatalogWhenRested();
  }, WARM_UP.everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
