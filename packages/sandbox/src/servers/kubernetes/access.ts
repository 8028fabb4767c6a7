import { HttpError } from '../HttpError';

/** The service account token of the portal: reads every cluster. */
export const KUBERNETES_TOKEN = 'sandbox-kubernetes-token';
/** Reads every cluster, but no logs. */
export const KUBERNETES_TOKEN_WITHOUT_LOGS =
  'sandbox-kubernetes-token-without-logs';

/** A token that reads one cluster and is unknown to all others. */
export const clusterToken = (cluster: string): string =>
  `${KUBERNETES_TOKEN}.${cluster}`;

/** What a call wants to do to what. */
export interface Attributes {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** Who calls a cluster. */
export interface KubernetesUser {
  /** `system:serviceaccount:<namespace>:<name>` */
  username: string;
  groups: string[];
  /** Whether its roles allow what it wants. */
  may(attributes: Attributes): boolean;
}

const READING = ['get', 'list', 'watch'];
/** What every signed-in user may create: questions about itself. */
const REVIEWS: Record<string, string[]> = {
  'authorization.k8s.io': [
    'selfsubjectaccessreviews',
    'selfsubjectrulesreviews',
  ],
  'authentication.k8s.io': ['selfsubjectreviews'],
};

/** The user that a token belongs to in a cluster; undefined for a token that it does not know. */
export function authenticate(
  token: string | undefined,
  cluster: string,
): KubernetesUser | undefined {
  const logs = token !== KUBERNETES_TOKEN_WITHOUT_LOGS;
  if (token !== KUBERNETES_TOKEN && token !== clusterToken(cluster) && logs) {
    return undefined;
  }
  const name = logs ? 'fairway' : 'fairway-without-logs';
  return {
    username: `system:serviceaccount:fairway:${name}`,
    groups: [
      'system:serviceaccounts',
      'system:serviceaccounts:fairway',
      'system:authenticated',
    ],
    may({ verb, group, resource, subresource }) {
      if (verb === 'create' && REVIEWS[group]?.includes(resource)) {
        return true;
      }
      return (
        READING.includes(verb) &&
        !(group === '' && resource === 'secrets') &&
        (logs || subresource !== 'log')
      );
    },
  };
}

/**
 * Lets a call through, or words the refusal as RBAC does.
 *
 * @throws HttpError - 403
 */
export function authorize(user: KubernetesUser, wanted: Attributes): void {
  if (user.may(wanted)) {
    return;
  }
  const { verb, group, resource, subresource, namespace, name } = wanted;
  const full = subresource ? `${resource}/${subresource}` : resource;
  const qualified = group ? `${resource}.${group}` : resource;
  throw new HttpError(
    403,
    `${qualified}${name ? ` "${name}"` : ''} is forbidden: User "${
      user.username
    }" cannot ${verb} resource "${full}" in API group "${group}" ${
      namespace ? `in the namespace "${namespace}"` : 'at the cluster scope'
    }`,
    {
      ...(name ? { name } : {}),
      ...(group ? { group } : {}),
      kind: resource,
    },
  );
}
