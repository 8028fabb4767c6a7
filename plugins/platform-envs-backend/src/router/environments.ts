import express from 'express';
import Router from 'express-promise-router';
import { EnvironmentService } from '../services/EnvironmentService';
import { ReplicationService } from '../services/ReplicationService';
import { Gatekeeper, readerOf } from './authorize';
import { environmentRefOf } from './parameters';

/** `/environments`: which there are, what runs in one, how far its databases trail. */
export function createEnvironmentsRouter(
  options: Gatekeeper & {
    environments: EnvironmentService;
    replication: ReplicationService;
  },
): express.Router {
  const { environments, replication } = options;
  const router = Router();

  router.get('/environments', async (req, res) => {
    await readerOf(options, req);
    res.json({ items: environments.getEnvironments() });
  });

  router.get('/environments/:namespace/:name', async (req, res) => {
    await readerOf(options, req);
    const ref = environmentRefOf(req.params);
    await environments.ensureEnvironment(ref);
    res.json(environments.getEnvironmentDetail(ref));
  });

  router.get(
    '/environments/:namespace/:name/replication-lag',
    async (req, res) => {
      await readerOf(options, req);
      const ref = environmentRefOf(req.params);
      await environments.ensureEnvironment(ref);
      res.json(await replication.get(ref));
    },
  );

  return router;
}
