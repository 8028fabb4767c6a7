import { HttpAuthService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import {
  Deployment,
  PlatformEnvsService,
} from '@fairway/plugin-platform-envs-node';
import express, { Request } from 'express';
import Router from 'express-promise-router';
import { toApplication } from './toApplication';

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

  const list = async (
    req: Request,
    query: { name?: string; selector?: string; instance?: string },
  ) =>
    platformEnvs.listDeployments(query, {
      credentials: await httpAuth.credentials(req, {
        allow: ['user', 'service'],
      }),
    });

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
        throw new NotFoundError(
          `Argo CD ${instance} has no application ${name}`,
        );
      }
      res.json(toApplication(deployment));
    },
  );

  router.get(
    '/argoInstance/:instance/applications/selector/:selector',
    async (req, res) => {
      const { instance, selector } = req.params;
      const deployments = await list(req, { instance, selector });
      res.json({ items: deployments.map(toApplication) });
    },
  );

  router.get(
    '/argoInstance/:instance/applications/name/:name/revisions/:revision/metadata',
    async (req, res) => {
      const credentials = await httpAuth.credentials(req, {
        allow: ['user', 'service'],
      });
      res.json(
        await platformEnvs.getRevisionMetadata(req.params, { credentials }),
      );
    },
  );

  return router;
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
