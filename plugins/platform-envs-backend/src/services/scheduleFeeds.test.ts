import {
  SchedulerService,
  SchedulerServiceTaskInvocationDefinition,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { scheduleFeeds } from './scheduleFeeds';

type Task = SchedulerServiceTaskScheduleDefinition &
  SchedulerServiceTaskInvocationDefinition;

describe('scheduleFeeds', () => {
  it('F62 lets one replica ask AWS, tell owners and save; each reads the catalog and Git for itself', async () => {
    const tasks: Task[] = [];
    const feeds = await scheduleFeeds({
      scheduler: {
        scheduleTask: async (task: Task) => {
          tasks.push(task);
        },
      } as unknown as SchedulerService,
      config: {
        gitPollInterval: { seconds: 15 },
        observability: {
          grafana: [],
          prometheus: [],
          links: {},
          intervals: {},
        } as never,
      },
      environments: {} as never,
      replication: {} as never,
      observability: {} as never,
      alerts: {} as never,
    });
    feeds.stop();
    expect(Object.fromEntries(tasks.map(t => [t.id, t.scope]))).toEqual({
      'platform-envs-catalog': 'local',
      'platform-envs-desired-state': 'local',
      'platform-envs-snapshot': 'global',
      'platform-envs-replication-lag': 'global',
      'platform-envs-owner-alerts': 'global',
    });
  });
});
