/**
 * On a Component: comma-separated short names of the environments of its own
 * system in which it runs, e.g. `dev,uat,prod`. Gives the relations
 * `runsIn` / `runs`.
 *
 * @public
 */
export const ANNOTATION_ENVIRONMENTS = 'fairway.dev/environments';

/**
 * On a Component: the programming language, lower case, e.g. `go`.
 *
 * @public
 */
export const ANNOTATION_LANGUAGE = 'fairway.dev/language';

/**
 * On a Component: the name used in the GitOps repository and in the image
 * repository when it differs from the entity's name.
 *
 * @public
 */
export const ANNOTATION_GITOPS_NAME = 'fairway.dev/gitops-name';

/**
 * On a Component: folder of its source in a repository that holds several, e.g.
 * `services/orders`. Only commits that touch it count as changes of it.
 *
 * @public
 */
export const ANNOTATION_SOURCE_PATH = 'fairway.dev/source-path';

/**
 * Base annotation for the Argo CD application. An environment overrides it
 * with `<shortName>.env.fairway.dev/argocd-app-name`.
 *
 * @public
 */
export const ANNOTATION_ARGOCD_APP_NAME = 'argocd/app-name';

/**
 * On a Component or an Environment: comma-separated names of the configured
 * Argo CD instances in which its applications are. An environment overrides
 * that of a component with `<shortName>.env.fairway.dev/argocd-instance-name`.
 *
 * @public
 */
export const ANNOTATION_ARGOCD_INSTANCE = 'argocd/instance-name';

/**
 * On a Component: which Grafana dashboards show it, as the Grafana plugin of
 * Backstage's community reads it: one tag, or an expression over `title`,
 * `tags`, `url`, `folderTitle` and `folderUrl`.
 *
 * @public
 */
export const ANNOTATION_GRAFANA_DASHBOARDS = 'grafana/dashboard-selector';

/**
 * On a Component: labels of the Grafana alerts that concern it, as
 * `label=value`, several separated by commas; one that agrees is enough.
 *
 * @public
 */
export const ANNOTATION_GRAFANA_ALERTS = 'grafana/alert-label-selector';

/** On a Component: URL of the dashboard to look at first. @public */
export const ANNOTATION_GRAFANA_OVERVIEW = 'grafana/overview-dashboard';

/** On a Component: the Grafana that its annotations are meant for, by its name in the configuration. @public */
export const ANNOTATION_GRAFANA_HOST = 'grafana/host-id';

/** The older name of {@link ANNOTATION_GRAFANA_HOST}. @public */
export const ANNOTATION_GRAFANA_SOURCE = 'grafana/source-id';

/**
 * On a Component: what its request metrics call it, when that is not its name.
 * An environment overrides it with `<shortName>.env.fairway.dev/metrics-name`.
 *
 * @public
 */
export const ANNOTATION_METRICS_NAME = 'fairway.dev/metrics-name';

/**
 * On a Component: URL of its runbook, or its path in the portal. An environment
 * overrides it with
 * `<shortName>.env.fairway.dev/runbook`.
 *
 * @public
 */
export const ANNOTATION_RUNBOOK = 'fairway.dev/runbook';

/** On a Resource of type `aurora-global-database`: the global cluster identifier. @public */
export const ANNOTATION_AURORA_GLOBAL_CLUSTER =
  'fairway.dev/aurora-global-cluster';

/** On a Resource of type `aurora-cluster`: the DB cluster identifier. @public */
export const ANNOTATION_AURORA_CLUSTER = 'fairway.dev/aurora-cluster';

/** On a Resource: the twelve-digit AWS account it lives in. @public */
export const ANNOTATION_AWS_ACCOUNT_ID = 'aws.amazon.com/account-id';

/** On a Resource: the AWS region it lives in. @public */
export const ANNOTATION_AWS_REGION = 'aws.amazon.com/region';

/** On a System: the organisation on the Git host that owns its repositories. @public */
export const ANNOTATION_GITHUB_ORG = 'fairway.dev/github-org';

/** On a System: the twelve-digit AWS account that owns its image registries. @public */
export const ANNOTATION_REGISTRY_ACCOUNT_ID = 'fairway.dev/registry-account-id';

/** On a System: the AWS region of its image registries. @public */
export const ANNOTATION_REGISTRY_REGION = 'fairway.dev/registry-region';

/**
 * On an Environment: the DNS domain under which its services are reached, e.g.
 * `dev.example.com`; a service is then `<name>.dev.example.com`.
 *
 * @public
 */
export const ANNOTATION_DOMAIN = 'fairway.dev/domain';

/**
 * On an Environment or a System: the ClusterSecretStore of External Secrets
 * that reads AWS Secrets Manager; `aws-secrets-manager` when absent.
 *
 * @public
 */
export const ANNOTATION_SECRET_STORE = 'fairway.dev/secret-store';

/**
 * On an Environment or a System: how Prometheus finds what it scrapes, by
 * `annotations` on pods (when absent) or by a `service-monitor` of the
 * Prometheus operator.
 *
 * @public
 */
export const ANNOTATION_METRICS_DISCOVERY = 'fairway.dev/metrics-discovery';

/** A Component runs in an Environment. @public */
export const RELATION_RUNS_IN = 'runsIn';

/** An Environment runs a Component. @public */
export const RELATION_RUNS = 'runs';

/** The annotation that overrides the Argo CD application of one environment. @public */
export function argocdAppNameOverride(shortName: string): string {
  return `${shortName}.env.fairway.dev/argocd-app-name`;
}

/** What an annotation of ours says for one environment: its override, else its base. @public */
export function annotationFor(
  annotations: Record<string, string>,
  annotation: string,
  shortName: string,
): string | undefined {
  const name = annotation.split('/').at(-1);
  return (
    annotations[`${shortName}.env.fairway.dev/${name}`] ??
    annotations[annotation]
  );
}

/** On a deployment: the component that it deploys. @public */
export const LABEL_COMPONENT = 'fairway.dev/component';

/** On a deployment: the short name of the environment. @public */
export const LABEL_ENVIRONMENT = 'fairway.dev/environment';

/** On a deployment: the system. @public */
export const LABEL_PART_OF = 'app.kubernetes.io/part-of';
