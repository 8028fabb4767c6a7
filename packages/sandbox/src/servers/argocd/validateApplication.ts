import { ArgocdEngine } from '../../world/argocd/ArgocdEngine';
import { ArgocdError } from '../../world/argocd/ArgocdError';
import { judgeSpec } from '../../world/argocd/projects';
import { sourcesOf } from '../../world/argocd/sources';
import { Application } from '../../world/argocd/types';

const invalid = (message: string) =>
  new ArgocdError('InvalidArgument', message);

/**
 * Checks what somebody wants to create or change, as Argo CD's API does.
 *
 * @returns The application, whose project is `default` unless it names one.
 * @throws ArgocdError - what is wrong with it, or that the project forbids it.
 */
export function validateApplication(
  engine: ArgocdEngine,
  input: Partial<Application>,
  expectedName?: string,
): Pick<Application, 'metadata' | 'spec'> {
  const { metadata, spec } = input;
  const name = metadata?.name;
  if (
    !metadata ||
    typeof name !== 'string' ||
    !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) ||
    name.length > 253
  ) {
    throw invalid(
      `application name "${name ?? ''}" is not a valid resource name`,
    );
  }
  if (expectedName && name !== expectedName) {
    throw invalid(`application name "${name}" is not "${expectedName}"`);
  }
  const wrong = (message: string) =>
    invalid(
      `application spec for ${name} is invalid: InvalidSpecError: ${message}`,
    );
  if (!spec || typeof spec !== 'object' || sourcesOf(spec).length === 0) {
    throw wrong(
      'spec.source.repoURL and either spec.source.path or spec.source.chart are required',
    );
  }
  if (!spec.destination || typeof spec.destination !== 'object') {
    throw wrong('Destination server missing from app spec');
  }
  const complete = { ...spec, project: spec.project || 'default' };
  const project = engine.store.projects.get(complete.project);
  if (!project) {
    throw invalid(
      `application references project ${complete.project} which does not exist`,
    );
  }
  const cluster = engine.destination(complete);
  const conditions = judgeSpec(complete, project, engine.addressOf(cluster));
  if (conditions.length > 0) {
    throw invalid(
      `application spec for ${name} is invalid: ${conditions
        .map(c => `${c.type}: ${c.message}`)
        .join(';')}`,
    );
  }
  return { metadata, spec: complete };
}

/** @throws ArgocdError - somebody changed it since the caller read it. */
export function refuseConflict(
  kind: 'applications' | 'appprojects',
  name: string,
  before: string | undefined,
  given: unknown,
): void {
  if (given && given !== before) {
    throw new ArgocdError(
      'AlreadyExists',
      `Operation cannot be fulfilled on ${kind}.argoproj.io "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    );
  }
}
