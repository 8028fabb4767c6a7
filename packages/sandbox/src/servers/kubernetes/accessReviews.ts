import { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpError, jsonBody } from '../createServer';
import { KubernetesUser } from './access';
import { readProtobuf } from './protobuf';

/**
 * What a user may ask about itself: `kubectl auth can-i` and `kubectl auth whoami`.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
export function addAccessReviews(
  server: FastifyInstance,
  root: string,
  userOf: (request: FastifyRequest) => KubernetesUser,
): void {
  const review = (
    path: string,
    answer: (user: KubernetesUser, spec: any) => object,
  ) =>
    server.post(`${root}/apis/${path}`, async (request, reply) => {
      const body = readBody(request);
      const status = answer(userOf(request), body.spec ?? {});
      reply.code(201);
      return {
        kind: body.kind,
        apiVersion: body.apiVersion,
        metadata: { creationTimestamp: null },
        ...(body.spec ? { spec: body.spec } : {}),
        status,
      };
    });

  review(
    'authorization.k8s.io/v1/selfsubjectaccessreviews',
    (user, { resourceAttributes, nonResourceAttributes }) => {
      if (!resourceAttributes === !nonResourceAttributes) {
        throw new HttpError(
          422,
          'SelfSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: "null": exactly one of nonResourceAttributes or resourceAttributes must be specified',
          { kind: 'SelfSubjectAccessReview', group: 'authorization.k8s.io' },
        );
      }
      const allowed = resourceAttributes
        ? user.may({
            verb: resourceAttributes.verb ?? '*',
            group: resourceAttributes.group ?? '',
            resource: resourceAttributes.resource ?? '*',
            subresource: resourceAttributes.subresource,
            namespace: resourceAttributes.namespace,
            name: resourceAttributes.name,
          })
        : nonResourceAttributes.verb === 'get';
      return allowed
        ? {
            allowed,
            reason: `RBAC: allowed by ClusterRoleBinding "fairway-read" of ClusterRole "fairway-read" to User "${user.username}"`,
          }
        : { allowed };
    },
  );

  review('authorization.k8s.io/v1/selfsubjectrulesreviews', user => ({
    resourceRules: [
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      },
      {
        verbs: ['create'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['selfsubjectreviews'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: [
          'configmaps',
          'endpoints',
          'events',
          'limitranges',
          'namespaces',
          'nodes',
          'persistentvolumeclaims',
          'persistentvolumes',
          'pods',
          ...(user.may({
            verb: 'get',
            group: '',
            resource: 'pods',
            subresource: 'log',
          })
            ? ['pods/log']
            : []),
          'resourcequotas',
          'serviceaccounts',
          'services',
        ],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [
          'apps',
          'argoproj.io',
          'autoscaling',
          'batch',
          'discovery.k8s.io',
          'external-secrets.io',
          'metrics.k8s.io',
          'networking.k8s.io',
          'policy',
        ],
        resources: ['*'],
      },
    ],
    nonResourceRules: [
      {
        verbs: ['get'],
        nonResourceURLs: ['/api', '/apis', '/healthz', '/openapi', '/version'],
      },
    ],
    incomplete: false,
  }));

  review('authentication.k8s.io/v1/selfsubjectreviews', user => ({
    userInfo: { username: user.username, groups: user.groups },
  }));
}

/** @throws HttpError - 415: neither JSON nor a review in protobuf. */
function readBody(request: FastifyRequest): any {
  const type = request.headers['content-type'] ?? 'application/json';
  const body = /protobuf/.test(type)
    ? readProtobuf(request.body as Buffer)
    : readJson(type, request);
  if (!body) {
    throw new HttpError(
      415,
      'the body of the request was in an unknown format - accepted media types include: application/json, application/vnd.kubernetes.protobuf',
    );
  }
  return body;
}

function readJson(type: string, request: FastifyRequest): any {
  return /json/.test(type) ? jsonBody(request) : undefined;
}
