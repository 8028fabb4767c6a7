import {
  HttpRouterService,
  LoggerService,
  RootLifecycleService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { Audience } from '@fairway/plugin-platform-envs-node';
import { Knex } from 'knex';
import { DatabaseWebhookDeliveryStore } from './database/DatabaseWebhookDeliveryStore';
import { PlatformEnvsConfig } from './readConfig';
import { createWebhooksRouter, GITHUB_WEBHOOK_PATH } from './router/webhooks';
import { SourceCommits } from './services/commits/SourceCommits';
import { EnvironmentService } from './services/EnvironmentService';
import { PushNews } from './services/PushNews';
import { PushReceiver } from './webhooks/PushReceiver';

/**
 * Lets the commits of releases be found out, when somebody comes, when the board
 * changes and now and then, and pushes be heard of, where a secret for webhooks is configured.
 */
export async function setUpGitFeeds(options: {
  environments: EnvironmentService;
  commits: SourceCommits;
  audience: Audience;
  config: Pick<PlatformEnvsConfig, 'webhooks'>;
  /** Notes what webhooks tell. */
  pushes: Pick<PushNews, 'told'>;
  knex: Knex;
  httpRouter: HttpRouterService;
  scheduler: SchedulerService;
  rootLifecycle: RootLifecycleService;
  logger: LoggerService;
}): Promise<void> {
  const { environments, commits, config, httpRouter, logger } = options;
  // nobody is asked before the backend has started
  options.rootLifecycle.addStartupHook(() => {
    environments.onChange(({ changed }) => {
      void environments.learnCommits(changed);
    });
    void environments.learnCommits();
    options.audience.onArrival(() => void environments.learnCommits());
  });
  await options.scheduler.scheduleTask({
    id: 'platform-envs-source-commits',
    scope: 'local',
    frequency: { minutes: 2 },
    initialDelay: { minutes: 2 },
    timeout: { minutes: 30 },
    fn: () => environments.learnCommits(),
  });

  const secret = config.webhooks.github?.secret;
  if (!secret) return;
  const branchesOf = (repository: string) => [
    ...new Set(
      environments
        .getEnvironments()
        .flatMap(({ gitops }) =>
          gitops?.repository === repository ? [gitops.branch] : [],
        ),
    ),
  ];
  const receiver = new PushReceiver(
    {
      branchesOf,
      refreshDesiredState: (repository, branch, move) =>
        environments.refreshDesiredState(repository, branch, move),
      componentsFrom: repository => environments.getComponentsFrom(repository),
      refreshSource: async (repository, componentRefs) => {
        commits.pushed(repository);
        await environments.learnCommits(componentRefs);
      },
    },
    logger,
  );
  httpRouter.use(
    createWebhooksRouter({
      secret,
      deliveries: new DatabaseWebhookDeliveryStore(options.knex),
      onPush: push => {
        if (branchesOf(push.repository).length > 0) {
          void options.pushes.told(push.repository);
        }
        receiver.receive(push);
      },
      logger,
    }),
  );
  httpRouter.addAuthPolicy({
    path: GITHUB_WEBHOOK_PATH,
    allow: 'unauthenticated',
  });
}
