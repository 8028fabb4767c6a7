import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { EnvironmentService } from '../services/EnvironmentService';
import { parseSelector, selects } from '../services/labelSelector';
import { deploymentId } from '../services/matchDeployment';
import { Gatekeeper, readerOf } from './authorize';
import { parse } from './parameters';

/** What `/applications` can be asked for. */
export const querySchema = z.object({
  name: z.string().max(253).optional(),
  selector: z.string().max(1000).optional(),
  instance: z.string().max(100).optional(),
  namespace: z.string().max(253).optional(),
  project: z.string().max(253).optional(),
});

const revisionSchema = z.object({
  instance: z.string().max(100),
  name: z.string().max(253),
  revision: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/, 'must be a commit of 7 to 64 hex digits'),
});

/** `/applications`: Argo CD applications from the feed, for other plugins. */
export function createApplicationsRouter(
  options: Gatekeeper & { environments: EnvironmentService },
): express.Router {
  const { environments } = options;
  const router = Router();

  router.get('/applications', async (req, res) => {
    await readerOf(options, req);
    const { name, selector, instance, namespace, project } = parse(
      querySchema,
      req.query,
    );
    const terms = parseSelector(selector ?? '');
    const implied = terms.length
      ? environments.getImpliedLabels()
      : new Map<string, Record<string, string>>();
    const items = environments
      .listApplications()
      .filter(
        deployment =>
          (!name || deployment.name === name) &&
          (!instance || deployment.instance === instance) &&
          (!namespace || deployment.namespace === namespace) &&
          (!project || deployment.project === project) &&
          selects(terms, {
            ...deployment.labels,
            ...implied.get(deploymentId(deployment)),
          }),
      )
      .sort((a, b) => a.name.localeCompare(b.name));
    res.json({ items });
  });

  router.get(
    '/applications/:instance/:name/revisions/:revision',
    async (req, res) => {
      await readerOf(options, req);
      const { instance, name, revision } = parse(revisionSchema, req.params);
      res.json(
        await environments.getRevisionMetadata(instance, name, revision),
      );
    },
  );

  return router;
}
