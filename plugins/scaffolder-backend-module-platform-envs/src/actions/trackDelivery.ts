import { AuthService, DiscoveryService } from '@backstage/backend-plugin-api';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { createBuildReader } from '../delivery/createBuildReader';
import { readDelivery } from '../delivery/readDelivery';
import { followDelivery } from '../delivery/followDelivery';
import { assertComponentName } from '../platform/componentName';

const DEFAULT_TIMEOUT_SECONDS = 300;

/** Options of {@link createTrackDeliveryAction}. */
export interface TrackDeliveryOptions {
  auth: AuthService;
  discovery: DiscoveryService;
  integrations: ScmIntegrationRegistry;
  /** Milliseconds between looks. */
  pollMs?: number;
}

/**
 * `fairway:delivery:track`: follows a new component until its first image runs
 * healthy in the first environment, or says what stopped it.
 */
export function createTrackDeliveryAction(options: TrackDeliveryOptions) {
  return createTemplateAction({
    id: 'fairway:delivery:track',
    description:
      'Follows a new component until its first release is built, synced and healthy in its first environment',
    supportsDryRun: true,
    examples: [
      {
        description: 'Wait until the service runs in dev',
        example: `steps:
  - id: track
    action: fairway:delivery:track
    input:
      component: greeter
      environment: dev
      repoUrl: \${{ steps.platform.output.repoUrl }}
      timeoutSeconds: 300
`,
      },
    ],
    schema: {
      input: {
        component: z => z.string().max(40).describe('Name of the component'),
        environment: z =>
          z
            .string()
            .max(63)
            .optional()
            .describe('Short name; the first in promotion order by default'),
        repoUrl: z =>
          z
            .string()
            .max(300)
            .optional()
            .describe(
              'The repository whose CI builds it, as host?owner=…&repo=…; then a failed build ends the wait',
            ),
        timeoutSeconds: z =>
          z
            .number()
            .int()
            .min(10)
            .max(3600)
            .optional()
            .describe(`${DEFAULT_TIMEOUT_SECONDS} by default`),
      },
      output: {
        version: z => z.string().optional().describe('What runs'),
        digest: z => z.string().optional(),
        sentence: z => z.string().describe('How it stands'),
        applicationUrl: z =>
          z.string().optional().describe('The application in Argo CD'),
      },
    },
    async handler(ctx) {
      const { component, environment } = ctx.input;
      assertComponentName(component);
      if (ctx.isDryRun) {
        ctx.logger.info(
          `Would follow ${component} until it is healthy in ${
            environment ?? 'its first environment'
          }`,
        );
        ctx.output('sentence', 'Nothing runs yet: this was a dry run.');
        return;
      }
      const credentials = await ctx.getInitiatorCredentials();
      const baseUrl = await options.discovery.getBaseUrl('platform-envs');
      const cell = await followDelivery({
        component,
        environment,
        timeoutSeconds: ctx.input.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
        pollMs: options.pollMs,
        logger: ctx.logger,
        signal: ctx.signal,
        readBuild: ctx.input.repoUrl
          ? await createBuildReader({
              integrations: options.integrations,
              repoUrl: ctx.input.repoUrl,
              logger: ctx.logger,
              signal: ctx.signal,
            })
          : undefined,
        read: async () => {
          // Asked for each time: a token outlives a poll, not a whole wait.
          const { token } = await options.auth.getPluginRequestToken({
            onBehalfOf: credentials,
            targetPluginId: 'platform-envs',
          });
          return readDelivery({
            baseUrl,
            token,
            component,
            signal: ctx.signal,
          });
        },
      });
      const release = cell.live.status === 'ok' ? cell.live.value : undefined;
      ctx.output('sentence', cell.sentence);
      if (release?.version) ctx.output('version', release.version);
      if (release?.digest) ctx.output('digest', release.digest);
      const url = cell.links.find(link => link.type === 'argocd')?.url;
      if (url) ctx.output('applicationUrl', url);
    },
  });
}
