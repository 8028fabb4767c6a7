import { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { unknownName } from '../../world/nearest';
import { FAULT_KINDS, UPSTREAMS } from '../../world/faultSchema';
import { World } from '../../world/types';
import { createServer, HttpError, jsonBody } from '../createServer';
import { requireSameOrigin } from '../requireLoopback';
import { readStatus } from './readStatus';

const clockSchema = z
  .object({
    advanceSeconds: z
      .number()
      .min(0)
      .max(365 * 86_400),
  })
  .strict();

/**
 * The sandbox's own remote control: what runs, what was called, faults,
 * scenarios, the clock, and back to the seed. See `docs/sandbox.md`.
 *
 * Pages of other origins may not change anything. Faults hit it too, except
 * where they are taken away.
 */
export function createControlServer(
  world: World,
  owner: { reset(): Promise<void> },
): FastifyInstance {
  const startedAt = new Date();
  const server = createServer({
    upstream: 'control',
    world,
    spared: /^\/(faults|reset)(\/|$)/,
    error: error => ({ body: { error: error.message, ...error.details } }),
  });
  server.addHook('onRequest', async request => requireSameOrigin(request));

  server.get('/', async () => ({
    name: 'fairway-sandbox',
    routes: [
      'GET /healthz',
      'GET /status',
      'GET, DELETE /counters',
      'GET, POST, DELETE /faults, DELETE /faults/:id, GET /faults/kinds',
      'GET /scenarios, POST, DELETE /scenarios/:name',
      'POST /clock',
      'POST /reset',
    ],
  }));

  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/status', async () => readStatus(world, startedAt));

  server.get('/counters', async () => world.counters.read());
  server.delete('/counters', async (_request, reply) => {
    world.counters.reset();
    return reply.code(204).send();
  });

  server.get('/faults', async () => world.faults.list());
  server.get('/faults/kinds', async () => ({
    upstreams: UPSTREAMS,
    kinds: FAULT_KINDS,
  }));
  server.post('/faults', async (request, reply) => {
    try {
      return reply.code(201).send(world.faults.add(jsonBody(request)));
    } catch (error) {
      throw badInput(error);
    }
  });
  server.delete('/faults', async () => ({ removed: world.faults.remove() }));
  server.delete('/faults/:id', async (request: FastifyRequest) => {
    const { id } = request.params as { id: string };
    if (!world.faults.remove(Number(id))) {
      throw new HttpError(404, `no fault ${id}; GET /faults lists them`);
    }
    return { removed: 1 };
  });

  server.get('/scenarios', async () => world.scenarios.list());
  server.post('/scenarios/:name', async (request: FastifyRequest) => {
    const name = scenarioName(world, request);
    const parameters = jsonBody(request) ?? {};
    if (typeof parameters !== 'object' || Array.isArray(parameters)) {
      throw new HttpError(400, 'parameters of a scenario are a JSON object');
    }
    try {
      const result = await world.scenarios.start(name, parameters);
      return { scenario: name, result: result ?? null };
    } catch (error) {
      // A scenario refuses parameters that name nothing in this world.
      throw new HttpError(400, (error as Error).message);
    }
  });
  server.delete('/scenarios/:name', async (request: FastifyRequest) => {
    const name = scenarioName(world, request);
    await world.scenarios.stop(name);
    return { stopped: name };
  });

  server.post('/clock', async request => {
    const before = world.clock.now();
    try {
      const { advanceSeconds } = clockSchema.parse(jsonBody(request));
      world.clock.advance(advanceSeconds * 1000);
    } catch (error) {
      throw badInput(error);
    }
    return {
      before: before.toISOString(),
      now: world.clock.now().toISOString(),
    };
  });

  let resetting: Promise<void> | undefined;
  server.post('/reset', async () => {
    // Whoever asks while one is under way gets the same one.
    resetting ??= owner.reset().finally(() => {
      resetting = undefined;
    });
    await resetting;
    return { status: 'ok', now: world.clock.now().toISOString() };
  });

  return server;
}

function scenarioName(world: World, request: FastifyRequest): string {
  const { name } = request.params as { name: string };
  const known = world.scenarios.list().map(scenario => scenario.name);
  if (!known.includes(name)) {
    throw new HttpError(404, unknownName('scenario', name, known));
  }
  return name;
}

function badInput(error: unknown): unknown {
  return error instanceof z.ZodError
    ? new HttpError(400, z.prettifyError(error))
    : error;
}
