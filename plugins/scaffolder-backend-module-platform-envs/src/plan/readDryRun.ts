import { ResponseError } from '@backstage/errors';
import { JsonObject } from '@backstage/types';
import {
  PlanFinding,
  planFindingSchema,
  PlannedThing,
  plannedThingSchema,
} from '@fairway/plugin-platform-envs-common';
import { splitNextStep } from './splitNextStep';

/** Errors that say no; any other says that something could not be asked. */
const REFUSALS = new Set([
  'ConflictError',
  'InputError',
  'NotAllowedError',
  'NotFoundError',
]);

/** How the scaffolder begins what the schema of an action refuses. */
const SCHEMA_PREFIX = /^Invalid input passed to action \S+, instance\./;

/**
 * What a step says that it would make; nothing when it says nothing.
 *
 * @throws ZodError - it says it in another way than agreed.
 */
export function readThings(output: unknown): PlannedThing[] {
  const planned = (output as { planned?: unknown } | undefined)?.planned;
  if (planned === undefined) return [];
  return plannedThingSchema.array().parse(planned);
}

/** What a step found out. */
export function readFindings(output: unknown): PlanFinding[] {
  const findings = (output as { findings?: unknown } | undefined)?.findings;
  return planFindingSchema.array().safeParse(findings).data ?? [];
}

/** A warning for each step whose action has no dry run, from the log of the run. */
export function readSkipped(
  steps: Array<{ id: string; name?: string; action: string }>,
  log: Array<{ body: JsonObject }>,
): PlanFinding[] {
  const ids = log.flatMap(({ body }) =>
    body.status === 'skipped' &&
    /does not support dry-run/.test(`${body.message}`)
      ? [body.stepId]
      : [],
  );
  return steps
    .filter(step => ids.includes(step.id))
    .map(step => ({
      severity: 'warning' as const,
      message: `The step "${step.name ?? step.id}" (${
        step.action
      }) cannot say beforehand what it does`,
      nextStep: 'Ask the owner of the template what it does',
    }));
}

/**
 * The finding that a step's refusal is; undefined for what is no refusal: the
 * scaffolder or an upstream that cannot be reached says nothing of the plan.
 */
export function readRefusal(error: unknown): PlanFinding | undefined {
  if (!(error instanceof ResponseError)) return undefined;
  const { name, message } = error.cause;
  if (!REFUSALS.has(name)) return undefined;
  return {
    severity: 'blocking',
    ...splitNextStep(
      message.replace(SCHEMA_PREFIX, ''),
      'Change the form and make the plan again; if it stays, show this to the owner of the template',
    ),
  };
}
