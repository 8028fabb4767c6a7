import {
  ComponentPlan,
  PLANNED_KINDS,
  PlannedChange,
  PlannedEnvironmentCost,
  PlannedKind,
  PlannedThing,
  PlanFinding,
} from '@fairway/plugin-platform-envs-common';
import { estimateMonthly, sumEstimates } from './estimateMonthly';

/** What stands in texts instead of the id that only a dry run has. */
export const RUN_ID_PLACEHOLDER = '<id of the run>';

/** What a plan is composed of. */
export interface PlanParts {
  templateRef: string;
  /** As the steps put them out; of two that are the same thing the later counts. */
  things: PlannedThing[];
  findings: PlanFinding[];
  /** Id of the dry run; never shown. */
  runId?: string;
  now: Date;
}

/**
 * Puts together what the steps of a dry run would do: each thing once, in
 * order, with prices, sums and a sentence.
 */
export function composePlan(parts: PlanParts): ComponentPlan {
  const { templateRef, findings, runId, now } = parts;
  const things = inOrder(once(parts.things)).map(thing => {
    const estimate = thing.estimate ?? estimateMonthly(thing);
    return withoutRunId({ ...thing, ...(estimate && { estimate }) }, runId);
  });
  const costs = costsOf(things);
  const total = sumEstimates(costs.map(cost => cost.estimate));
  return {
    templateRef,
    summary: summaryOf(things, findings),
    things,
    costs,
    ...(total && { total }),
    findings: [...findings].sort(
      (a, b) => rankOf(a.severity) - rankOf(b.severity),
    ),
    madeAt: now.toISOString(),
  };
}

/**
 * What the steps of a run do, in one list. A step that names a repository lists
 * all that is written to it; what earlier ones prepared for it is its to choose
 * from.
 */
export function joinSteps(steps: PlannedThing[][]): PlannedThing[] {
  return steps.flatMap((things, index) => {
    const decidedLater = new Set(
      steps
        .slice(index + 1)
        .flat()
        .flatMap(({ kind, name }) => (kind === 'repository' ? [name] : [])),
    );
    return things.filter(
      ({ kind, where }) =>
        kind !== 'file' || !decidedLater.has(where.split('@')[0]),
    );
  });
}

function rankOf(severity: PlanFinding['severity']): number {
  return severity === 'blocking' ? 0 : 1;
}

function once(things: PlannedThing[]): PlannedThing[] {
  return [
    ...new Map(
      things.map(thing => [
        [thing.kind, thing.where, thing.name].join('\n'),
        thing,
      ]),
    ).values(),
  ];
}

function inOrder(things: PlannedThing[]): PlannedThing[] {
  const rank = (thing: PlannedThing) => PLANNED_KINDS.indexOf(thing.kind);
  return things
    .map((thing, index) => ({ thing, index }))
    .sort(
      (a, b) =>
        rank(a.thing) - rank(b.thing) ||
        // Deployments come in promotion order and stay so.
        (a.thing.kind === 'file'
          ? compare(a.thing.where, b.thing.where) ||
            compare(a.thing.name, b.thing.name)
          : a.index - b.index),
    )
    .map(({ thing }) => thing);
}

function compare(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}

function withoutRunId(thing: PlannedThing, runId?: string): PlannedThing {
  if (!runId) return thing;
  const clean = <T extends string | undefined>(text: T) =>
    text?.replaceAll(runId, RUN_ID_PLACEHOLDER);
  return {
    ...thing,
    name: clean(thing.name)!,
    ...(thing.content !== undefined && { content: clean(thing.content) }),
    ...(thing.properties && {
      properties: thing.properties.map(property => ({
        ...property,
        value: clean(property.value)!,
      })),
    }),
  };
}

function costsOf(things: PlannedThing[]): PlannedEnvironmentCost[] {
  const byEnvironment = new Map<string | undefined, PlannedThing[]>();
  for (const thing of things) {
    // what stays as it is costs nothing more
    if (!thing.estimate || thing.change === 'keep') continue;
    byEnvironment.set(thing.environment, [
      ...(byEnvironment.get(thing.environment) ?? []),
      thing,
    ]);
  }
  const sumOf = (environment?: string) =>
    sumEstimates(
      (byEnvironment.get(environment) ?? []).flatMap(
        thing => thing.estimate ?? [],
      ),
    );
  const shared = sumOf(undefined);
  return [
    ...(shared ? [{ estimate: shared }] : []),
    ...[...byEnvironment.keys()].flatMap(environment => {
      const estimate = environment && sumOf(environment);
      return estimate ? [{ environment, estimate }] : [];
    }),
  ];
}

const NOUNS: Record<PlannedKind, [one: string, many: string]> = {
  repository: ['repository', 'repositories'],
  file: ['file', 'files'],
  commit: ['commit', 'commits'],
  pullRequest: ['pull request', 'pull requests'],
  awsResource: ['AWS resource', 'AWS resources'],
  iam: ['IAM role', 'IAM roles'],
  catalogEntry: ['catalog entry', 'catalog entries'],
  deployment: ['deployment', 'deployments'],
};

const DONE: Record<Exclude<PlannedChange, 'keep'>, string> = {
  create: 'Creates',
  update: 'updates',
  remove: 'removes',
};

function summaryOf(things: PlannedThing[], findings: PlanFinding[]): string {
  const blocking = findings.filter(one => one.severity === 'blocking').length;
  if (blocking > 0) {
    const takesAway =
      things.some(({ change }) => change === 'remove') &&
      things.every(({ change }) => change !== 'create');
    const rest = `nothing can be ${takesAway ? 'removed' : 'created'} yet.`;
    return blocking === 1
      ? `One thing is in the way; ${rest}`
      : `${blocking} things are in the way; ${rest}`;
  }
  const kept = things.filter(thing => thing.change === 'keep').length;
  const parts = (['create', 'update', 'remove'] as const).flatMap(change => {
    const counted = PLANNED_KINDS.flatMap(kind => {
      const count = things.filter(
        thing => thing.kind === kind && thing.change === change,
      ).length;
      return count ? [`${count} ${NOUNS[kind][count === 1 ? 0 : 1]}`] : [];
    });
    return counted.length ? [`${DONE[change]} ${enumerate(counted)}`] : [];
  });
  if (parts.length === 0)
    return 'Changes nothing: everything is there already.';
  const sentence = parts.join('; ');
  const stays =
    kept === 1
      ? '; one thing stays as it is'
      : `; ${kept} things stay as they are`;
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${
    kept ? stays : ''
  }.`;
}

function enumerate(parts: string[]): string {
  return parts.length === 1
    ? parts[0]
    : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
