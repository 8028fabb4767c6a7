import { PermissionsService } from '@backstage/backend-plugin-api';
import { ConflictError, InputError, NotAllowedError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  PlanFinding,
  planFindingSchema,
} from '@fairway/plugin-platform-envs-common';
import {
  componentInputOf,
  componentInputSchema,
} from '../gitops/componentInput';
import { CREATED_PARTS, findObstacles } from '../plan/findObstacles';

/** Options of {@link createPlanComponentAction}. */
export interface PlanComponentOptions {
  catalog: CatalogService;
  permissions: PermissionsService;
  integrations: ScmIntegrationRegistry;
  awsCredentials: AwsCredentialsManager;
  /** Host of the Git server. */
  gitHost: string;
}

/**
 * `fairway:plan`: says what a run will create, and stops it before anything is
 * created when something is in the way. Reads only.
 */
export function createPlanComponentAction(options: PlanComponentOptions) {
  return createTemplateAction({
    id: 'fairway:plan',
    description:
      'Says what will be created for a component, and stops the run when a name is taken or a right is missing, before anything is created',
    supportsDryRun: true,
    examples: [
      {
        description: 'Look before creating',
        example: `steps:
  - id: plan
    action: fairway:plan
    input:
      system: system:default/sample-platform-ai
      component: greeter
      owner: group:default/sample-platform-ai
`,
      },
      {
        description: 'Look at what a library takes, which is not deployed',
        example: `steps:
  - id: plan
    action: fairway:plan
    input:
      system: system:default/sample-platform-ai
      component: greeter
      owner: group:default/sample-platform-ai
      creates: [repository]
`,
      },
      {
        description: 'Look only at the environments that it is to run in',
        example: `steps:
  - id: plan
    action: fairway:plan
    input:
      system: system:default/sample-platform-ai
      component: greeter
      owner: group:default/sample-platform-ai
      environments: [dev]
`,
      },
    ],
    schema: {
      input: {
        system: z =>
          z.string().max(200).describe('Entity ref of the System to join'),
        component: z => z.string().max(40).describe('Name of the component'),
        owner: z =>
          z.string().max(200).describe('Entity ref of the owning group'),
        report: z =>
          z
            .boolean()
            .optional()
            .describe(
              'Dry runs only: put out what is in the way instead of stopping for it',
            ),
        creates: z =>
          z
            .array(z.enum(CREATED_PARTS))
            .optional()
            .describe(
              'What the run creates beside the catalog entry; all of it by default',
            ),
        ...componentInputSchema,
      },
      output: {
        plan: z => z.array(z.string()).describe('One sentence a thing'),
        findings: () =>
          planFindingSchema
            .array()
            .describe('What a person should know; blocking ones first'),
      },
    },
    async handler(ctx) {
      const { component, owner, system } = ctx.input;
      const { findings, sentences } = await findObstacles({
        ...options,
        credentials: await ctx.getInitiatorCredentials(),
        system,
        component,
        owner,
        creates: ctx.input.creates,
        input: componentInputOf(ctx.input),
        taskId: ctx.task.id,
        requestedBy: ctx.user?.ref,
        logger: ctx.logger,
        signal: ctx.signal,
        impatient: ctx.isDryRun,
      });
      sentences.forEach(sentence => ctx.logger.info(sentence));
      findings.forEach(finding => ctx.logger.warn(tell(finding)));
      ctx.output('plan', sentences);
      ctx.output('findings', findings);
      const blocking = findings.filter(one => one.severity === 'blocking');
      if (blocking.length > 0 && !(ctx.isDryRun && ctx.input.report)) {
        throw errorOf(blocking);
      }
    },
  });
}

function tell({ message, nextStep }: PlanFinding): string {
  return `${message}. ${nextStep}`;
}

function errorOf(findings: PlanFinding[]): Error {
  const message = `${findings.map(tell).join('. ')}. Nothing was created`;
  if (findings.some(({ message: said }) => said.startsWith('You may not'))) {
    return new NotAllowedError(message);
  }
  return findings.some(({ field }) => field === 'system' || field === 'owner')
    ? new InputError(message)
    : new ConflictError(message);
}
