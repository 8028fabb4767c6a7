import { AuthService, DiscoveryService } from '@backstage/backend-plugin-api';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { ConflictError, InputError, ResponseError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  ComponentDelivery,
  nameGroups,
  PlanFinding,
  PlatformEnvsClient,
  PlatformEnvsRequestOptions,
  Removal,
  RemovalPlan,
  RemovalPolicy,
} from '@fairway/plugin-platform-envs-common';
import { setTimeout as sleep } from 'node:timers/promises';
import { carryOutRemoval } from '../removal/carryOutRemoval';
import { printable } from '../platform/componentName';
import { readComponentRef } from '../platform/readComponentRef';
import { gatherRemoval, RemovalOptions } from '../removal/gatherRemoval';

const DEFAULT_WAIT_SECONDS = 600;
const POLL_MS = 3_000;

/** Options of {@link createRemoveServiceAction}. */
export interface RemoveServiceOptions extends RemovalOptions {
  auth: AuthService;
  discovery: DiscoveryService;
}

/**
 * `fairway:service:remove`: takes a component away, plan first. Where it is in
 * production, or Fairway did not make all of it, a second person has to agree to
 * exactly that plan. Run again it goes on where it was.
 */
export function createRemoveServiceAction(options: RemoveServiceOptions) {
  return createTemplateAction({
    id: 'fairway:service:remove',
    description:
      'Takes a component away: desired state, registry, repository and catalog entry, after a plan and, for production, a second person',
    supportsDryRun: true,
    examples: [
      {
        description: 'Take a service away that nobody needs any more',
        example: `steps:
  - id: remove
    action: fairway:service:remove
    input:
      component: component:default/greeter
      reason: Replaced by the order service
`,
      },
      {
        description: 'With its images, though something still depends on it',
        example: `steps:
  - id: remove
    action: fairway:service:remove
    input:
      component: component:default/greeter
      reason: Its consumers are switched off today
      deleteImages: true
      despiteDependents: true
`,
      },
    ],
    schema: {
      input: {
        component: z =>
          z.string().min(1).max(200).describe('Entity ref of the component'),
        confirm: z =>
          z
            .string()
            .max(63)
            .optional()
            .describe('Its name once more; a run with another one stops'),
        reason: z =>
          z
            .string()
            .trim()
            .min(1)
            .max(2000)
            .describe('For whoever agrees to it, and for the record'),
        deleteImages: z =>
          z
            .boolean()
            .optional()
            .describe('Deletes its images too; they stay by default'),
        despiteDependents: z =>
          z
            .boolean()
            .optional()
            .describe('Goes on although something depends on it'),
        waitSeconds: z =>
          z
            .number()
            .int()
            .min(0)
            .max(3600)
            .optional()
            .describe(
              `How long the run waits for somebody to agree, ${DEFAULT_WAIT_SECONDS} by default; a retry goes on`,
            ),
      },
      output: {
        removalId: z => z.string().optional(),
        removalPath: z =>
          z.string().optional().describe('Its page in the portal'),
        summary: z => z.string().describe('What was done, or would be'),
        planned: z =>
          z
            .array(z.any())
            .optional()
            .describe('Dry run: what would become of each thing'),
        findings: z =>
          z
            .array(z.any())
            .optional()
            .describe('Dry run: what is in the way, and who has to agree'),
      },
    },
    async handler(ctx) {
      const { logger, signal, input } = ctx;
      const componentRef = stringifyEntityRef(
        readComponentRef(input.component),
      );
      const { name } = parseEntityRef(componentRef);
      if (input.confirm !== undefined && input.confirm !== name) {
        throw new InputError(
          `You chose ${name}, but wrote "${printable(
            input.confirm,
          )}" to confirm it. Nothing was done: write its name once more`,
        );
      }
      const credentials = await ctx.getInitiatorCredentials();
      const client = new PlatformEnvsClient({
        discoveryApi: options.discovery,
        fetchApi: { fetch },
      });
      // Asked for each time: a token outlives a call, not a whole run.
      const asPerson = async (): Promise<PlatformEnvsRequestOptions> => ({
        token: (
          await options.auth.getPluginRequestToken({
            onBehalfOf: credentials,
            targetPluginId: 'platform-envs',
          })
        ).token,
      });
      const taskId = ctx.task.id;
      const request = async () => ({
        componentRef,
        reason: input.reason,
        taskId,
        keepImages: !input.deleteImages,
        despiteDependents: input.despiteDependents ?? false,
        ...(await gatherRemoval(options, {
          componentRef,
          keepImages: !input.deleteImages,
          credentials,
          logger,
          signal,
        })),
      });

      if (ctx.isDryRun) {
        const { plan, policy } = await orWhy(
          client.planRemoval(await request(), await asPerson()),
        );
        tellPlan(plan, line => logger.info(line));
        ctx.output('planned', plan.things);
        ctx.output('findings', findingsOf(plan, policy));
        ctx.output(
          'summary',
          `Would take away ${countOf(plan)}. ${
            policy.minApprovals > 0
              ? `${nameGroups(policy.approverGroups)} would have to agree.`
              : 'Nobody would have to agree.'
          }`,
        );
        return;
      }

      const known = await latestOf(client, componentRef, await asPerson());
      if (known?.state === 'DONE' && known.taskId === taskId) {
        logger.info(`${componentRef} was removed by this run before`);
        ctx.output('removalId', known.id);
        ctx.output('removalPath', `/removals/${known.id}`);
        ctx.output('summary', `${componentRef} is removed.`);
        return;
      }
      let removal =
        known?.state === 'RUNNING'
          ? known
          : await orWhy(
              client.requestRemoval(await request(), await asPerson()),
            );
      ctx.output('removalId', removal.id);
      ctx.output('removalPath', `/removals/${removal.id}`);
      tellPlan(removal.plan, line => logger.info(line));

      const deadline =
        Date.now() + (input.waitSeconds ?? DEFAULT_WAIT_SECONDS) * 1000;
      while (removal.state !== 'RUNNING') {
        if (removal.state === 'WAITING') {
          removal = await waitForOthers(removal);
          // what changed while they looked at it has to be agreed to anew
          removal = await orWhy(
            client.requestRemoval(await request(), await asPerson()),
          );
          continue;
        }
        if (removal.state !== 'APPROVED') throw refused(removal);
        removal = await orWhy(
          client.beginRemoval(removal.id, removal.planDigest, await asPerson()),
        );
      }

      const { id } = removal;
      await carryOutRemoval({
        ...options,
        removal,
        taskId,
        credentials,
        serviceCredentials: await options.auth.getOwnServiceCredentials(),
        readDelivery: async () =>
          readDelivery(client, componentRef, await asPerson()),
        note: async step => {
          await client.noteRemovalStep(id, step, await asPerson());
        },
        logger,
        signal,
      });
      await client.completeRemoval(id, await asPerson());
      ctx.output('summary', `${componentRef} is removed.`);

      async function waitForOthers(waiting: Removal): Promise<Removal> {
        const { approverGroups, reasons } = waiting.policy;
        logger.info(
          `Waits until ${nameGroups(approverGroups)} agrees, at /removals/${
            waiting.id
          }: ${reasons.join(' ')}`,
        );
        for (;;) {
          signal?.throwIfAborted();
          const { removal: now } = await client.getRemoval(
            waiting.id,
            await asPerson(),
          );
          if (now.state === 'APPROVED') return now;
          if (now.state !== 'WAITING') throw refused(now);
          if (Date.now() >= deadline) {
            throw new Error(
              `Nobody has agreed yet (/removals/${
                waiting.id
              }). Nothing was taken away. When somebody of ${nameGroups(
                approverGroups,
              )} has agreed, you are told: press Retry then`,
            );
          }
          await sleep(options.pollMs ?? POLL_MS, undefined, { signal });
        }
      }
    },
  });
}

async function latestOf(
  client: PlatformEnvsClient,
  componentRef: string,
  options: PlatformEnvsRequestOptions,
): Promise<Removal | undefined> {
  const { items } = await client.listRemovals(
    { componentRef, scope: 'all', limit: 1 },
    options,
  );
  return items[0]?.removal;
}

/** What the portal answered, or its own words where it refuses. */
async function orWhy<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof ResponseError ? error.cause : error;
  }
}

/** Undefined where the portal does not know the component any more. */
async function readDelivery(
  client: PlatformEnvsClient,
  componentRef: string,
  options: PlatformEnvsRequestOptions,
): Promise<ComponentDelivery | undefined> {
  try {
    return await client.getDelivery(componentRef, options);
  } catch (error) {
    if (error instanceof ResponseError && error.statusCode === 404) {
      return undefined;
    }
    throw error;
  }
}

function refused(removal: Removal): Error {
  const rejection = removal.approvals.find(
    ({ verdict, planDigest }) =>
      verdict === 'reject' && planDigest === removal.planDigest,
  );
  if (rejection) {
    const { name } = parseEntityRef(rejection.actor);
    return new ConflictError(
      `${name} said no: "${rejection.comment}" (/removals/${removal.id}). Nothing was taken away; a retry asks for it anew`,
    );
  }
  const ended = { REJECTED: 'rejected', CANCELLED: 'withdrawn' }[
    removal.state as string
  ];
  return new ConflictError(
    ended
      ? `The removal was ${ended} (/removals/${removal.id}). Nothing was taken away; a retry asks for it anew`
      : `The removal is ${removal.state} (/removals/${removal.id})`,
  );
}

function findingsOf(
  { dependents, despiteDependents, openPromotions }: RemovalPlan,
  { approverGroups, minApprovals, reasons }: RemovalPolicy,
): PlanFinding[] {
  return [
    ...dependents.map(
      ({ entityRef, how }): PlanFinding => ({
        severity: despiteDependents ? 'warning' : 'blocking',
        message: `${entityRef} ${how}`,
        nextStep: despiteDependents
          ? 'Tell its owners before it breaks'
          : 'Move it first, or say in the form that the service is to go although something depends on it',
      }),
    ),
    ...openPromotions.map(
      ({ sentence }): PlanFinding => ({
        severity: 'warning',
        message: `A promotion is open: ${sentence}`,
        nextStep: 'It cannot go on afterwards; let it end first, or cancel it',
      }),
    ),
    ...(minApprovals > 0
      ? [
          {
            severity: 'warning' as const,
            message: `${nameGroups(
              approverGroups,
            )} has to agree. ${reasons.join(' ')}`,
            nextStep: 'The run asks them, and takes nothing away before',
          },
        ]
      : []),
  ];
}

function tellPlan(plan: RemovalPlan, tell: (line: string) => void): void {
  const verbs = { remove: 'Removes', update: 'Archives', keep: 'Keeps' };
  for (const { name, where, change, note } of plan.things) {
    const verb = verbs[change as keyof typeof verbs] ?? change;
    tell(`${verb} ${name} (${where})${note ? `. ${note}` : ''}`);
  }
  for (const { entityRef, how } of plan.dependents) {
    tell(`${entityRef} ${how}`);
  }
  for (const { environmentName, version, sentence } of plan.places) {
    tell(`In ${environmentName}${version ? ` ${version}` : ''}: ${sentence}`);
  }
  for (const { sentence } of plan.openPromotions) {
    tell(`Open promotion: ${sentence}`);
  }
}

function countOf({ things }: RemovalPlan): string {
  const count = things.filter(({ change }) => change !== 'keep').length;
  return `${count} ${count === 1 ? 'thing' : 'things'}`;
}
