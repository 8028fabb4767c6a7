import {
  AuthService,
  BackstageCredentials,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { parseRepoUrl } from '@backstage/plugin-scaffolder-node';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { PlatformEnvsClient } from '@fairway/plugin-platform-envs-common';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { followFirstDelivery } from '../delivery/followFirstDelivery';
import { assertComponentName } from '../platform/componentName';

const DEFAULT_TIMEOUT_SECONDS = 300;

/** Options of {@link createTrackDeliveryAction}. */
export interface TrackDeliveryOptions {
  auth: AuthService;
  catalog: CatalogService;
  discovery: DiscoveryService;
  integrations: ScmIntegrationRegistry;
  /** Milliseconds between looks. */
  pollMs?: number;
}

/**
 * `fairway:delivery:track`: has the portal follow a new component until its
 * first image runs healthy in the first environment, and tells what it sees,
 * or what stopped it. The portal goes on when the task ends.
 */
export function createTrackDeliveryAction(options: TrackDeliveryOptions) {
  return createTemplateAction({
    id: 'fairway:delivery:track',
    description:
      'Follows a new component until its first release is built, replicated, synced and healthy in its first environment',
    supportsDryRun: true,
    examples: [
      {
        description: 'Wait until the service runs in dev',
        example: `steps:
  - id: track
    action: fairway:delivery:track
    input:
      component: greeter
      system: system:default/sample-platform-ai
      environment: dev
      repoUrl: \${{ steps.platform.output.repoUrl }}
      timeoutSeconds: 300
`,
      },
    ],
    schema: {
      input: {
        component: z => z.string().max(40).describe('Name of the component'),
        system: z =>
          z
            .string()
            .max(200)
            .optional()
            .describe(
              'Entity ref of the System that it joins; what its catalog entry says by default',
            ),
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
              "The repository whose CI builds it, as host?owner=…&repo=…; the one of the component's name by default",
            ),
        timeoutSeconds: z =>
          z
            .number()
            .int()
            .min(10)
            .max(3600)
            .optional()
            .describe(
              `How long the run waits, ${DEFAULT_TIMEOUT_SECONDS} by default; the portal goes on without it`,
            ),
      },
      output: {
        deliveryId: z =>
          z.string().optional().describe('Under which the portal follows it'),
        state: z =>
          z
            .enum(['following', 'delivered'])
            .optional()
            .describe('`following`: time was up, the portal goes on'),
        version: z => z.string().optional().describe('What runs'),
        digest: z => z.string().optional(),
        sentence: z => z.string().describe('How it stands'),
        applicationUrl: z =>
          z.string().optional().describe('The application in Argo CD'),
        planned: z =>
          z
            .array(z.any())
            .optional()
            .describe('Dry run: empty, for nothing is made'),
      },
    },
    async handler(ctx) {
      const { component, environment, repoUrl } = ctx.input;
      assertComponentName(component);
      if (ctx.isDryRun) {
        ctx.logger.info(
          `Would follow ${component} until it is healthy in ${
            environment ?? 'its first environment'
          }`,
        );
        ctx.output('planned', []);
        ctx.output('sentence', 'Nothing runs yet: this was a dry run.');
        return;
      }
      const credentials = await ctx.getInitiatorCredentials();
      const client = new PlatformEnvsClient({
        discoveryApi: options.discovery,
        fetchApi: { fetch },
      });
      // Asked for each time: a token outlives a poll, not a whole wait.
      const asPerson = async () => ({
        token: (
          await options.auth.getPluginRequestToken({
            onBehalfOf: credentials,
            targetPluginId: 'platform-envs',
          })
        ).token,
        signal: ctx.signal,
      });
      const request = {
        componentRef: `component:default/${component}`,
        systemRef: await systemOf(options, ctx.input, credentials),
        taskId: ctx.task.id,
        ...(environment && { environment }),
        ...(repoUrl && {
          repositoryName: parseRepoUrl(repoUrl, options.integrations).repo,
        }),
      };
      const delivery = await followFirstDelivery({
        follow: async () =>
          client.followFirstDelivery(request, await asPerson()),
        read: async id => client.getFirstDelivery(id, await asPerson()),
        timeoutSeconds: ctx.input.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
        pollMs: options.pollMs,
        logger: ctx.logger,
        signal: ctx.signal,
      });
      ctx.output('deliveryId', delivery.id);
      ctx.output(
        'state',
        delivery.state === 'delivered' ? 'delivered' : 'following',
      );
      ctx.output(
        'sentence',
        delivery.state === 'delivered'
          ? delivery.sentence
          : `${delivery.sentence} The portal goes on following it.`,
      );
      const { version, digest } = delivery.release ?? {};
      if (version) ctx.output('version', version);
      if (digest) ctx.output('digest', digest);
      if (delivery.applicationUrl) {
        ctx.output('applicationUrl', delivery.applicationUrl);
      }
    },
  });
}

/** @throws InputError - neither the input nor the catalog names a System. */
async function systemOf(
  { catalog }: TrackDeliveryOptions,
  { system, component }: { system?: string; component: string },
  credentials: BackstageCredentials,
): Promise<string> {
  const named =
    system ??
    (
      await catalog.getEntityByRef(`component:default/${component}`, {
        credentials,
      })
    )?.spec?.system;
  if (typeof named !== 'string') {
    throw new InputError(
      `The System of ${component} is not known: give the input "system", or register the component with spec.system first`,
    );
  }
  return stringifyEntityRef(
    parseEntityRef(named, {
      defaultKind: 'system',
      defaultNamespace: 'default',
    }),
  );
}
