import {
  AuthService,
  BackstageCredentials,
  BackstageUserPrincipal,
  LoggerService,
  PermissionsService,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import {
  InputError,
  isError,
  NotAllowedError,
  NotFoundError,
  ResponseError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  isTemplateEntityV1beta3,
  ScaffolderDryRunOptions,
  TemplateEntityStepV1beta3,
  TemplateEntityV1beta3,
} from '@backstage/plugin-scaffolder-common';
import {
  actionExecutePermission,
  taskCreatePermission,
  templateParameterReadPermission,
  templateStepReadPermission,
} from '@backstage/plugin-scaffolder-common/alpha';
import { ScaffolderService } from '@backstage/plugin-scaffolder-node';
import { JsonObject } from '@backstage/types';
import {
  ComponentPlan,
  PlanFinding,
} from '@fairway/plugin-platform-envs-common';
import pLimit from 'p-limit';
import { onBehalfSecrets } from './actOnBehalf';
import { checkValues } from './checkValues';
import { composePlan, joinSteps } from './composePlan';
import {
  readFindings,
  readRefusal,
  readSkipped,
  readThings,
} from './readDryRun';
import { readTemplateFolder } from './readTemplateFolder';

/** Each holds a workspace and asks GitHub and AWS; people wait for theirs. */
const AT_ONCE = 4;

/** Who comes after so many waits longer than the time limit anyway. */
const MOST_WAITING = 20;

/** A person looks at a progress bar meanwhile. */
const TIMEOUT_MS = 45_000;

/** The action that looks for obstacles; a plan asks it to report them all. */
const PLAN_ACTION = 'fairway:plan';

/** Names under which a dry run is asked to give what a plan is made of. */
const RUN_ID = 'runId';
const STEP_OUTPUT = 'step';

/** Options of {@link TemplatePlanner}. */
export interface TemplatePlannerOptions {
  auth: AuthService;
  catalog: CatalogService;
  permissions: PermissionsService;
  scaffolder: ScaffolderService;
  urlReader: UrlReaderService;
  logger: LoggerService;
  /** Milliseconds that a plan may take, waiting included. */
  timeoutMs?: number;
  /** Plans that are made at the same time. */
  atOnce?: number;
  now?: () => Date;
}

/** For whom and of what a plan is made. */
export interface PlanRequest {
  /** Entity ref of the template. */
  templateRef: string;
  /** As the form would submit them. */
  values: JsonObject;
  credentials: BackstageCredentials<BackstageUserPrincipal>;
  /** Nobody waits for it any more: one that has not begun is not begun. */
  signal?: AbortSignal;
}

/**
 * Says what a run of a template would do.
 *
 * 1. The person must be allowed to run templates, and to see this one.
 * 2. The values are held against the template's schemas.
 * 3. The scaffolder makes a dry run of the template's own steps, with the
 *    person's rights; each step puts out what it would do.
 * 4. When a step stops the dry run, the obstacles are looked for in one go.
 *
 * Nothing is written, and nothing is kept.
 */
export class TemplatePlanner {
  readonly #options: TemplatePlannerOptions;
  readonly #limit: ReturnType<typeof pLimit>;

  constructor(options: TemplatePlannerOptions) {
    this.#options = options;
    this.#limit = pLimit(options.atOnce ?? AT_ONCE);
  }

  /**
   * @throws NotAllowedError - the person may not run templates.
   * @throws NotFoundError - no such template, or not for this person.
   * @throws InputError - no template; or, with `fields`, values that it refuses.
   * @throws ServiceUnavailableError - too many plans at once, or it takes too
   *   long, or something that has to be asked cannot be reached.
   */
  async plan(request: PlanRequest): Promise<ComponentPlan> {
    await this.#authorize(request);
    const template = await this.#findTemplate(request);
    await checkValues(request.values, template.spec.parameters);

    if (this.#limit.pendingCount >= MOST_WAITING) {
      throw new ServiceUnavailableError(
        `${MOST_WAITING} plans are waiting already: try again in a minute`,
      );
    }
    const work = this.#limit(async () => {
      request.signal?.throwIfAborted();
      return this.#make(template, request);
    });
    return inTime(work, this.#options.timeoutMs ?? TIMEOUT_MS);
  }

  async #authorize({ credentials }: PlanRequest): Promise<void> {
    const { permissions } = this.#options;
    const decisions = [
      ...(await permissions.authorize([{ permission: taskCreatePermission }], {
        credentials,
      })),
      ...(await permissions.authorizeConditional(
        [
          { permission: templateParameterReadPermission },
          { permission: templateStepReadPermission },
          { permission: actionExecutePermission },
        ],
        { credentials },
      )),
    ];
    if (decisions.some(({ result }) => result === AuthorizeResult.DENY)) {
      throw new NotAllowedError(
        'You may not run templates, so there is nothing to plan: ask an administrator of the portal to add you to a team',
      );
    }
  }

  async #findTemplate(request: PlanRequest): Promise<TemplateEntityV1beta3> {
    const ref = readTemplateRef(request.templateRef);
    const entity = await this.#options.catalog.getEntityByRef(ref, {
      credentials: request.credentials,
    });
    if (!entity) {
      throw new NotFoundError(
        `There is no ${ref} in the catalog, or you may not see it: choose one of the templates`,
      );
    }
    if (!isTemplateEntityV1beta3(entity)) {
      throw new InputError(`${ref} is not a template that can be run`);
    }
    return entity;
  }

  async #make(
    template: TemplateEntityV1beta3,
    request: PlanRequest,
  ): Promise<ComponentPlan> {
    const { now = () => new Date() } = this.#options;
    const templateRef = stringifyEntityRef(template);
    const steps = template.spec.steps.map((step, index) => ({
      ...step,
      id: step.id ?? `step-${index + 1}`,
    }));
    const files = await readTemplateFolder(template, this.#options.urlReader);
    const dryRun = (which: typeof steps) =>
      this.#dryRun(template, which, files, request);
    try {
      const { runId, outputs, skipped } = await dryRun(steps);
      return composePlan({
        templateRef,
        things: joinSteps(outputs.map(readThings)),
        findings: [...outputs.flatMap(readFindings), ...skipped],
        runId,
        now: now(),
      });
    } catch (error) {
      const refusal = readRefusal(error);
      if (!refusal) throw error;
      const findings = await this.#findObstacles(steps, dryRun);
      return composePlan({
        templateRef,
        things: [],
        findings: findings.some(one => one.severity === 'blocking')
          ? findings
          : [refusal, ...findings],
        now: now(),
      });
    }
  }

  /** Asks `fairway:plan` alone; nothing when the template has no such step. */
  async #findObstacles(
    steps: TemplateEntityStepV1beta3[],
    dryRun: (steps: any[]) => Promise<DryRunResult>,
  ): Promise<PlanFinding[]> {
    const step = steps.find(one => one.action === PLAN_ACTION);
    if (!step) return [];
    try {
      const { outputs } = await dryRun([
        { ...step, input: { ...step.input, report: true } },
      ]);
      return outputs.flatMap(readFindings);
    } catch (error) {
      if (!readRefusal(error)) throw error;
      return [];
    }
  }

  async #dryRun(
    template: TemplateEntityV1beta3,
    steps: Array<TemplateEntityStepV1beta3 & { id: string }>,
    directoryContents: ScaffolderDryRunOptions['directoryContents'],
    { values, credentials }: PlanRequest,
  ): Promise<DryRunResult> {
    const { auth, scaffolder } = this.#options;
    const result = await scaffolder.dryRun(
      {
        template: {
          ...template,
          spec: {
            ...template.spec,
            steps,
            // They have been checked, beside the portal.
            parameters: [],
            secrets: undefined,
            output: {
              [RUN_ID]: '${{ context.task.id }}',
              ...Object.fromEntries(
                steps.map(({ id }, index) => [
                  `${STEP_OUTPUT}${index}`,
                  `\${{ steps[${JSON.stringify(id)}].output }}`,
                ]),
              ),
            },
          },
        } as TemplateEntityV1beta3,
        values,
        secrets: await onBehalfSecrets(auth, credentials),
        directoryContents,
      },
      { credentials: await auth.getOwnServiceCredentials() },
    );
    const output = result.output as Record<string, unknown>;
    const runId = output[RUN_ID];
    return {
      ...(typeof runId === 'string' && { runId }),
      outputs: steps.flatMap((_, index) => output[`${STEP_OUTPUT}${index}`]),
      skipped: readSkipped(steps, result.log),
    };
  }
}

interface DryRunResult {
  runId?: string;
  /** One a step that ran; of a step with `each` one an iteration. */
  outputs: unknown[];
  /** Warnings for steps whose actions have no dry run. */
  skipped: PlanFinding[];
}

function readTemplateRef(text: string): string {
  let ref;
  try {
    ref = parseEntityRef(text, {
      defaultKind: 'template',
      defaultNamespace: 'default',
    });
  } catch {
    throw new InputError(
      'templateRef is no entity ref: send it as template:default/<name>',
    );
  }
  if (ref.kind.toLowerCase() !== 'template') {
    throw new InputError(
      `${stringifyEntityRef(ref)} is no template: send template:default/<name>`,
    );
  }
  return stringifyEntityRef(ref);
}

async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new ServiceUnavailableError(
            `The plan took longer than ${timeoutMs / 1000} s: try again`,
          ),
        ),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } catch (error) {
    if (isError(error) && error instanceof ResponseError) {
      throw new ServiceUnavailableError(
        `The plan could not be made: ${error.cause.message}`,
        error,
      );
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
