import {
  SchedulerService,
  SchedulerServiceTaskInvocationDefinition,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { PresentAudience } from './audience/PresentAudience';
import { scheduleFeeds } from './scheduleFeeds';

type Task = SchedulerServiceTaskScheduleDefinition &
  SchedulerServiceTaskInvocationDefinition;

describe('scheduleFeeds', () => {
  it('F62 lets one replica tell owners and save; each reads the catalog and Git for itself', async () => {
    const audience = new PresentAudience();
    const ask = jest.fn(async () => {});
    const tasks: Task[] = [];
    const feeds = await scheduleFeeds({
      scheduler: {
        scheduleTask: async (task: Task) => {
          tasks.push(task);
        },
      } as unknown as SchedulerService,
      audience,
      config: {
        git: {
          untold: { activeMs: 15_000, idleMs: 60_000 },
          told: { activeMs: 15_000, idleMs: 60_000 },
        },
        observability: {
          grafana: [],
          prometheus: [],
          links: {},
          intervals: {},
        } as never,
      },
      environments: { pollDesiredState: ask } as never,
      observability: { pollThings: ask, pollMetrics: ask } as never,
      alerts: {} as never,
    });
    feeds.stop();
    expect(Object.fromEntries(tasks.map(t => [t.id, t.scope]))).toEqual({
      'platform-envs-catalog': 'local',
      'platform-envs-desired-state': 'local',
      'platform-envs-snapshot': 'global',
      'platform-envs-owner-alerts': 'global',
    });
    expect(ask).not.toHaveBeenCalled();
    audience.read();
    await new Promise(resolve => setImmediate(resolve));
    expect(ask).toHaveBeenCalledTimes(3);
  });
});
