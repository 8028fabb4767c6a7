import { HttpAuthService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import {
  Deployment,
  DeploymentQuery,
  PlatformEnvsService,
} from '@fairway/plugin-platform-envs-node';
import express, { Request } from 'express';
import Router from 'express-promise-router';
import { isCommit, toApplication } from './toApplication';

/** One Argo CD that has something of what was asked for. */
interface FoundInstance {
  name: string;
  url: string;
  appName: string[];
}

/**
 * Read-only: what the card calls and nothing else. Permissions are those of
 * the person who looks, checked by platform-envs.
 *
 * @see https://github.com/RoadieHQ/roadie-backstage-plugins/tree/main/plugins/frontend/backstage-plugin-argo-cd
 */
export function createRouter(options: {
  httpAuth: HttpAuthService;
  platformEnvs: PlatformEnvsService;
}): express.Router {
  const { httpAuth, platformEnvs } = options;
  const router = Router();

  const list = async (req: Request, query: DeploymentQuery) =>
    platformEnvs.listDeployments(
      { ...query, ...narrowed(req) },
      {
        credentials: await httpAuth.credentials(req, {
          allow: ['user', 'service'],
        }),
      },
    );

  router.get('/find/name/:name', async (req, res) => {
    res.json(instancesOf(await list(req, { name: req.params.name })));
  });

  router.get('/find/selector/:selector', async (req, res) => {
    res.json(instancesOf(await list(req, { selector: req.params.selector })));
  });

  router.get(
    '/argoInstance/:instance/applications/name/:name',
    async (req, res) => {
      const { instance, name } = req.params;
      const [deployment] = await list(req, { instance, name });
      if (!deployment) {
        throw unknown(instance, name);
      }
      res.json(toApplication(deployment));
    },
  );

  router.get(
    '/argoInstance/:instance/applications/selector/:selector',
    async (req, res) => {
      const { instance, selector } = req.params;
      const deployments = await list(req, { instance, selector });
      res.json({ items: deployments.map(d => toApplication(d)) });
    },
  );

  // what the card asks when only a project is annotated
  router.get('/argocd/api/applications', async (req, res) => {
    const { selector, project } = req.query;
    const deployments = await list(req, {
      ...(selector && { selector: String(selector) }),
      ...(project && { project: String(project) }),
    });
    res.json({ items: deployments.map(d => toApplication(d)) });
  });

  router.get(
    '/argoInstance/:instance/applications/name/:name/revisions/:revision/metadata',
    async (req, res) => {
      const { instance, name, revision } = req.params;
      if (!isCommit(revision)) {
        const [deployment] = await list(req, { instance, name });
        if (!deployment) throw unknown(instance, name);
        res.json({ author: 'n/a', message: 'n/a', date: 'n/a' });
        return;
      }
      const credentials = await httpAuth.credentials(req, {
        allow: ['user', 'service'],
      });
      res.json(
        await platformEnvs
          .getRevisionMetadata(req.params, { credentials })
          .catch(unlessSilent),
      );
    },
  );

  return router;
}

/** Without an answer the card would go on loading, and complain once for every revision. */
function unlessSilent(error: unknown) {
  if ((error as { statusCode?: number }).statusCode !== 503) throw error;
  const unknownYet = 'not known: Argo CD does not answer';
  return { author: unknownYet, message: unknownYet, date: 'n/a' };
}

/** The card adds the namespace where `argocd.namespacedApps` is set. */
function narrowed({ query }: Request): Pick<DeploymentQuery, 'namespace'> {
  const { appNamespace } = query;
  return appNamespace ? { namespace: String(appNamespace) } : {};
}

function unknown(instance: string, name: string): NotFoundError {
  return new NotFoundError(`Argo CD ${instance} has no application ${name}`);
}

function instancesOf(deployments: Deployment[]): FoundInstance[] {
  const byInstance = new Map<string, FoundInstance>();
  for (const { instance, name, url } of deployments) {
    const found = byInstance.get(instance) ?? {
      name: instance,
      url: url ? new URL(url).origin : '',
      appName: [],
    };
    found.appName.push(name);
    byInstance.set(instance, found);
  }
  return [...byInstance.values()];
}
