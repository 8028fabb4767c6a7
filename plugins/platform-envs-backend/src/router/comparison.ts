import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { ComparisonQuery } from '@fairway/plugin-platform-envs-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { ComparisonService } from '../services/comparison/ComparisonService';
import { EnvironmentService } from '../services/EnvironmentService';
import { Gatekeeper, readerOf } from './authorize';
import { componentRefOf, parse } from './parameters';

const ref = z
  .string()
  .max(300)
  .regex(
    /^[\w.:/-]+$/,
    'must be the ref of an environment, such as environment:default/shop-dev',
  )
  .optional();

/** What `/components/…/comparison` can be asked for: `from` and `to`, or `environment` and `against`. */
export const querySchema = z.object({
  from: ref,
  to: ref,
  environment: ref,
  against: z.literal('live').optional(),
});

/** `/components/…/comparison`: what differs between two environments, or between Git and what runs. */
export function createComparisonRouter(
  options: Gatekeeper & {
    environments: EnvironmentService;
    comparison: ComparisonService;
  },
): express.Router {
  const { environments, comparison } = options;
  const router = Router();

  router.get(
    '/components/:namespace/:kind/:name/comparison',
    async (req, res) => {
      await readerOf(options, req);
      const componentRef = componentRefOf(req.params);
      const query = readQuery(parse(querySchema, req.query));
      await environments.ensureComponent(componentRef);
      res.json(await comparison.compare(componentRef, query));
    },
  );

  return router;
}

/** @throws InputError - it is neither of the two questions. */
function readQuery(query: z.infer<typeof querySchema>): ComparisonQuery {
  const { from, to, environment, against } = query;
  if (from && to && !environment && !against) {
    return { from: refOf('from', from), to: refOf('to', to) };
  }
  if (environment && against && !from && !to) {
    return { environment: refOf('environment', environment), against };
  }
  throw new InputError(
    'Ask with from and to (two environments), or with environment and against=live (Git against what runs there)',
  );
}

function refOf(parameter: string, value: string): string {
  try {
    return stringifyEntityRef(
      parseEntityRef(value, {
        defaultKind: 'environment',
        defaultNamespace: 'default',
      }),
    );
  } catch {
    throw new InputError(
      `${parameter}: "${value}" is not the ref of an environment, such as environment:default/shop-dev`,
    );
  }
}
