import { CLUSTER_SCOPED, KubeObject, groupOf } from '../kubernetes/KubeObject';
import { globMatch } from './glob';
import { hasSeveralSources, sourcesOf } from './sources';
import {
  AppProject,
  ApplicationCondition,
  ApplicationSource,
  ApplicationSpec,
  GroupKind,
} from './types';

/** A cluster as projects know it. */
export interface DestinationCluster {
  name: string;
  server: string;
}

const invalid = (message: string): ApplicationCondition => ({
  type: 'InvalidSpecError',
  message,
});

/**
 * What a project, and the rules for every application, say against a spec:
 * `InvalidSpecError` conditions in Argo CD's words; none when it is permitted.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/projects/
 */
export function judgeSpec(
  spec: ApplicationSpec,
  project: AppProject,
  cluster: DestinationCluster,
): ApplicationCondition[] {
  const conditions: ApplicationCondition[] = [];
  for (const source of sourcesOf(spec)) {
    const incomplete = judgeSource(source, hasSeveralSources(spec));
    if (incomplete) {
      return [invalid(incomplete)];
    }
    if (!isSourcePermitted(project, source.repoURL)) {
      conditions.push(
        invalid(
          `application repo ${source.repoURL} is not permitted in project '${project.metadata.name}'`,
        ),
      );
    }
  }
  const namespace = spec.destination.namespace ?? '';
  if (!isDestinationPermitted(project, cluster, namespace)) {
    conditions.push(
      invalid(
        `application destination server '${
          spec.destination.name ? cluster.name : cluster.server
        }' and namespace '${namespace}' do not match any of the allowed destinations in project '${
          project.metadata.name
        }'`,
      ),
    );
  }
  return conditions;
}

/** Why a project does not let a resource be synced; undefined when it does. */
export function judgeResource(
  object: KubeObject,
  project: AppProject,
  cluster: DestinationCluster,
): string | undefined {
  const group = groupOf(object.apiVersion);
  const { name: projectName } = project.metadata;
  const { spec } = project;
  const isIn = (list: GroupKind[] | undefined) =>
    Boolean(
      list?.some(
        item =>
          globMatch(item.kind, object.kind) && globMatch(item.group, group),
      ),
    );
  const clusterScoped = CLUSTER_SCOPED.has(object.kind);
  const permitted = clusterScoped
    ? isIn(spec.clusterResourceWhitelist) &&
      !isIn(spec.clusterResourceBlacklist)
    : (!spec.namespaceResourceWhitelist ||
        isIn(spec.namespaceResourceWhitelist)) &&
      !isIn(spec.namespaceResourceBlacklist);
  if (!permitted) {
    return `resource ${group}:${object.kind} is not permitted in project ${projectName}`;
  }
  const namespace = object.metadata.namespace ?? '';
  if (!clusterScoped && !isDestinationPermitted(project, cluster, namespace)) {
    return `namespace ${namespace} is not permitted in project '${projectName}'`;
  }
  return undefined;
}

function judgeSource(
  source: ApplicationSource,
  several: boolean,
): string | undefined {
  const { repoURL, path, chart, ref, targetRevision } = source;
  if (!repoURL || !(path || chart || (several && ref))) {
    return several
      ? `spec.source.repoURL and either source.path, source.chart, or source.ref are required for source ${JSON.stringify(
          source,
        )}`
      : 'spec.source.repoURL and either spec.source.path or spec.source.chart are required';
  }
  return chart && !targetRevision
    ? 'spec.source.targetRevision is required if the manifest source is a helm chart'
    : undefined;
}

function isSourcePermitted(project: AppProject, repoURL: string): boolean {
  return isPermitted(project.spec.sourceRepos ?? [], pattern =>
    globMatch(normalizeUrl(pattern), normalizeUrl(repoURL), '/'),
  );
}

function isDestinationPermitted(
  project: AppProject,
  cluster: DestinationCluster,
  namespace: string,
): boolean {
  let matched = false;
  for (const item of project.spec.destinations ?? []) {
    const name = match(item.name, cluster.name);
    const server = match(item.server, cluster.server);
    const inNamespace = match(item.namespace, namespace);
    if ((server || name) && inNamespace) {
      matched = true;
    } else if (
      (((!name && denies(item.name)) || (!server && denies(item.server))) &&
        inNamespace) ||
      (!inNamespace && denies(item.namespace) && server)
    ) {
      return false;
    }
  }
  return matched;
}

function denies(pattern: string | undefined): boolean {
  return Boolean(pattern?.startsWith('!'));
}

function match(pattern: string | undefined, value: string): boolean {
  return denies(pattern)
    ? !globMatch(pattern!.slice(1), value)
    : globMatch(pattern ?? '', value);
}

/** One pattern must match; one that begins with `!` must not. */
function isPermitted(
  patterns: string[],
  matches: (pattern: string) => boolean,
): boolean {
  return (
    patterns.some(p => denies(p) || matches(p)) &&
    !patterns.some(p => denies(p) && matches(p.slice(1)))
  );
}

function normalizeUrl(url: string): string {
  return url === '*' ? '**' : url.toLowerCase().replace(/(\.git)?\/?$/, '');
}
