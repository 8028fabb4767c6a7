import { InputError } from '@backstage/errors';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { EnvironmentService } from '../services/EnvironmentService';
import { Gatekeeper, readerOf } from './authorize';
import { parse } from './parameters';

/** What `/applications` can be asked for. */
export const querySchema = z.object({
  name: z.string().max(253).optional(),
  selector: z.string().max(1000).optional(),
  instance: z.string().max(100).optional(),
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
    const { name, selector, instance } = parse(querySchema, req.query);
    const isSelected = parseSelector(selector);
    const items = environments
      .listApplications()
      .filter(
        deployment =>
          (!name || deployment.name === name) &&
          (!instance || deployment.instance === instance) &&
          isSelected(deployment.labels),
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

/**
 * A Kubernetes label selector of equalities: `a=b,c!=d`.
 *
 * @throws InputError - it says anything else.
 */
function parseSelector(
  selector: string | undefined,
): (labels: Record<string, string>) => boolean {
  const terms = (selector ?? '')
    .split(',')
    .map(term => term.trim())
    .filter(Boolean)
    .map(term => {
      const match = /^([\w./-]+)\s*(!=|==?)\s*([\w.-]*)$/.exec(term);
      if (!match) {
        throw new InputError(
          `selector: "${term}" is not understood; write label=value or label!=value, separated by commas`,
        );
      }
      return { key: match[1], negated: match[2] === '!=', value: match[3] };
    });
  return labels =>
    terms.every(
      ({ key, negated, value }) => (labels[key] === value) !== negated,
    );
}
