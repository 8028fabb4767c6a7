import { FastifyInstance } from 'fastify';
import { World } from '../world/types';

/** A server beside the control server. */
export type ServerName =
  | 'github'
  | 'argocd'
  | 'kubernetes'
  | 'aws'
  | 'oidc'
  | 'grafana';

/**
 * What makes a server. Its modules are read on the first call: a server that
 * nobody wants costs neither time nor memory.
 */
export function loadServer(
  name: ServerName,
): (world: World) => FastifyInstance {
  switch (name) {
    case 'github':
      return (require('./github/index') as typeof import('./github/index'))
        .createGithubServer;
    case 'argocd':
      return (require('./argocd/index') as typeof import('./argocd/index'))
        .createArgocdServer;
    case 'kubernetes':
      return (
        require('./kubernetes/index') as typeof import('./kubernetes/index')
      ).createKubernetesServer;
    case 'aws':
      return (require('./aws/index') as typeof import('./aws/index'))
        .createAwsServer;
    case 'oidc':
      return (require('./oidc/index') as typeof import('./oidc/index'))
        .createOidcServer;
    case 'grafana':
      return (require('./grafana/index') as typeof import('./grafana/index'))
        .createGrafanaServer;
    default:
      throw new Error(`there is no server ${name}`);
  }
}
