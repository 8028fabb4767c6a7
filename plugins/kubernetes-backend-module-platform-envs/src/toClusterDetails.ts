import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import {
  ANNOTATION_KUBERNETES_API_SERVER,
  ANNOTATION_KUBERNETES_API_SERVER_CA,
  ANNOTATION_KUBERNETES_AUTH_PROVIDER,
  ANNOTATION_KUBERNETES_AWS_CLUSTER_ID,
  ANNOTATION_KUBERNETES_DASHBOARD_APP,
  ANNOTATION_KUBERNETES_DASHBOARD_URL,
  ANNOTATION_KUBERNETES_SKIP_METRICS_LOOKUP,
} from '@backstage/plugin-kubernetes-common';
import { ClusterDetails } from '@backstage/plugin-kubernetes-node';
import { ClusterAccess } from '@fairway/plugin-platform-envs-node';

/** Name of the cluster at AWS, where it differs from that of the entity. */
const ANNOTATION_AWS_NAME = 'aws.amazon.com/name';

/** What every annotation of Backstage's Kubernetes plugin begins with. */
const PREFIX = 'kubernetes.io/';

/** API servers of EKS: the only ones that the catalog may name. */
const EKS_HOST = /\.eks\.amazonaws\.com(\.cn)?$/;

/** A cluster as the Kubernetes plugin takes it, or why it cannot be had. */
export type Located = { cluster: ClusterDetails } | { problem: string };

/**
 * Reads the Resource entity of a cluster, with what configuration says of it.
 *
 * Who may edit the catalog must not learn a token: a configured token goes to a
 * configured address only, and an address of the catalog must be one of EKS,
 * which a token is signed for.
 */
export function toClusterDetails(
  entity: Entity,
  access: ClusterAccess,
): Located {
  const { name, title, annotations = {} } = entity.metadata;
  const common = {
    name,
    ...(title && { title }),
    ...(annotations[ANNOTATION_KUBERNETES_DASHBOARD_URL] && {
      dashboardUrl: annotations[ANNOTATION_KUBERNETES_DASHBOARD_URL],
    }),
    ...(annotations[ANNOTATION_KUBERNETES_DASHBOARD_APP] && {
      dashboardApp: annotations[ANNOTATION_KUBERNETES_DASHBOARD_APP],
    }),
    skipMetricsLookup:
      annotations[ANNOTATION_KUBERNETES_SKIP_METRICS_LOOKUP] === 'true',
    skipTLSVerify: false,
  };
  if (access.url && access.token) {
    return {
      cluster: {
        ...common,
        url: access.url,
        ...(access.caData && { caData: access.caData }),
        authMetadata: {
          [ANNOTATION_KUBERNETES_AUTH_PROVIDER]: 'serviceAccount',
          serviceAccountToken: access.token,
        },
      },
    };
  }
  const url = access.url ?? annotations[ANNOTATION_KUBERNETES_API_SERVER];
  const problem = access.url ? undefined : whatIsWrong(entity, url);
  if (problem) return { problem };
  const caData =
    access.caData ?? annotations[ANNOTATION_KUBERNETES_API_SERVER_CA];
  return {
    cluster: {
      ...common,
      url: url.replace(/\/+$/, ''),
      ...(caData && { caData }),
      authMetadata: {
        ...Object.fromEntries(
          Object.entries(annotations).filter(([key]) => key.startsWith(PREFIX)),
        ),
        [ANNOTATION_KUBERNETES_AUTH_PROVIDER]: 'aws',
        [ANNOTATION_KUBERNETES_AWS_CLUSTER_ID]:
          annotations[ANNOTATION_KUBERNETES_AWS_CLUSTER_ID] ??
          annotations[ANNOTATION_AWS_NAME] ??
          name,
      },
    },
  };
}

function whatIsWrong(
  entity: Entity,
  url: string | undefined,
): string | undefined {
  const ref = stringifyEntityRef(entity);
  const { name, annotations = {} } = entity.metadata;
  const key = `platformEnvs.clusters.overrides.${name}`;
  if (!url) {
    return `${ref} has no annotation ${ANNOTATION_KUBERNETES_API_SERVER}: add it, or set ${key}.url and .token`;
  }
  const host = URL.canParse(url) ? new URL(url) : undefined;
  if (host?.protocol !== 'https:' || !EKS_HOST.test(host.hostname)) {
    return `${ref} names the API server "${url}", which is no address of EKS: set ${key}.url and .token instead`;
  }
  if (!annotations[ANNOTATION_KUBERNETES_API_SERVER_CA]) {
    return `${ref} has no annotation ${ANNOTATION_KUBERNETES_API_SERVER_CA}: add it, or set ${key}.caData and .url`;
  }
  const provider = annotations[ANNOTATION_KUBERNETES_AUTH_PROVIDER] ?? 'aws';
  return provider === 'aws'
    ? undefined
    : `${ref} asks for the auth provider "${provider}" (${ANNOTATION_KUBERNETES_AUTH_PROVIDER}): only aws is taken from here; set ${key}.url and .token, or name the cluster in kubernetes.clusterLocatorMethods`;
}
