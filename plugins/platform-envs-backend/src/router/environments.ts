import { EnvironmentDetail } from '@fairway/plugin-platform-envs-common';
import express from 'express';
import Router from 'express-promise-router';
import { EnvironmentService } from '../services/EnvironmentService';
import { ObservabilityService } from '../services/observability/ObservabilityService';
import { ReplicationService } from '../services/ReplicationService';
import { Infrastructure } from '../setUpInfrastructure';
import { Gatekeeper, mayOperateEnvironment, readerOf } from './authorize';
import { environmentRefOf } from './parameters';

/** `/environments`: which there are, what runs in one, how far its databases trail. */
export function createEnvironmentsRouter(
  options: Gatekeeper & {
    environments: EnvironmentService;
    replication: ReplicationService;
    infrastructure: Infrastructure;
    observability: ObservabilityService;
  },
): express.Router {
  const { environments, replication, infrastructure } = options;
  const router = Router();

  router.get('/environments', async (req, res) => {
    await readerOf(options, req);
    res.json({ items: environments.getEnvironments() });
  });

  router.get('/environments/:namespace/:name', async (req, res) => {
    const credentials = await readerOf(options, req);
    const ref = environmentRefOf(req.params);
    await environments.ensureEnvironment(ref);
    const known = environments.getEnvironmentDetail(ref);
    const links = options.observability.getEnvironmentLinks(known.environment);
    const detail: EnvironmentDetail = {
      ...known,
      environment: { ...known.environment, links },
      capacity: await infrastructure.capacity.get(ref),
      stacks: await infrastructure.stacks.get(ref),
      operations: {
        detectDrift: await mayOperateEnvironment(
          options.permissions,
          credentials,
          ref,
        ),
      },
    };
    res.json(detail);
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
