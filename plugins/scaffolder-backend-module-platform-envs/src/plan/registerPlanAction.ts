import { AuthService } from '@backstage/backend-plugin-api';
import { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { NotAllowedError } from '@backstage/errors';
import { taskCreatePermission } from '@backstage/plugin-scaffolder-common/alpha';
import { JsonObject } from '@backstage/types';
import {
  ComponentPlan,
  componentPlanSchema,
} from '@fairway/plugin-platform-envs-common';
import { TemplatePlanner } from './TemplatePlanner';

/** Options of {@link registerPlanAction}. */
export interface PlanActionOptions {
  actionsRegistry: ActionsRegistryService;
  auth: AuthService;
  planner: TemplatePlanner;
}

/**
 * Lets assistants make plans, as `scaffolder:plan-run`: for the person in whose
 * name they act, with that person's rights. It reads only. Nothing here starts
 * a run, approves or changes anything.
 */
export function registerPlanAction(options: PlanActionOptions): void {
  const { actionsRegistry, auth, planner } = options;
  actionsRegistry.register({
    name: 'plan-run',
    title: 'Plan a run of a template',
    description: `Says what a run of a software template would create, before anybody runs it, and creates nothing.

Give the entity ref of a template (kind Template in the catalog; its spec.parameters are the JSON schemas of the form) and values for its parameters. Most templates take: name, system (entity ref of the platform), owner (entity ref of a group of the person), description.

The answer has a one-sentence summary; every repository, file, commit, AWS resource, IAM role, catalog entry and deployment with what becomes of it (create, update, keep, remove); a monthly estimate by environment with the date of its prices; and findings. A finding of severity "blocking" would stop the run: it says whose the thing is and what to do next. Values that the template refuses are an error that names field and rule.

To create what was planned a person opens the template in the portal, looks at the plan, and presses Create.`,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    visibilityPermission: taskCreatePermission,
    schema: {
      input: z =>
        z.object({
          templateRef: z
            .string()
            .max(300)
            .describe('Entity ref, e.g. template:default/create-go-service'),
          values: z
            .record(z.unknown())
            .describe(
              "Values for the template's parameters, as a form sends them",
            ),
          contents: z
            .boolean()
            .optional()
            .describe(
              'Give the text of every file and document, too; without it only their names. Large',
            ),
        }),
      output: z => z.object({ plan: componentPlanSchema }),
    },
    examples: [
      {
        title: 'A Go service that only needs a name and a platform',
        input: {
          templateRef: 'template:default/create-go-service',
          values: {
            name: 'order-intake',
            system: 'system:default/sample-platform-ai',
            owner: 'group:default/sample-platform-ai',
            description: 'Takes orders from the web shop',
          },
        },
      },
    ],
    async action({ input, credentials }) {
      if (!auth.isPrincipal(credentials, 'user')) {
        throw new NotAllowedError(
          'A plan is made for a person: call it in the name of one',
        );
      }
      const plan = await planner.plan({
        templateRef: input.templateRef,
        values: input.values as JsonObject,
        credentials,
      });
      return {
        output: { plan: input.contents ? plan : withoutContents(plan) },
      };
    },
  });
}

function withoutContents(plan: ComponentPlan): ComponentPlan {
  return {
    ...plan,
    things: plan.things.map(({ content, ...thing }) => thing),
  };
}
