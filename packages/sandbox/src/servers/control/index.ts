import { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { World } from '../../world/types';
import { createServer, HttpError, jsonBody } from '../createServer';

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
 */
export function createControlServer(
  world: World,
  owner: { reset(): Promise<void> },
): FastifyInstance {
  const startedAt = new Date();
  const server = createServer({
    upstream: 'control',
    world,
    error: error => ({ body: { error: error.message, ...error.details } }),
  });

  server.get('/healthz', async () => ({ status: 'ok' }));

  server.get('/status', async () => ({
    urls: world.urls,
    dataDir: world.dataDir,
    speed: world.speed,
    startedAt: startedAt.toISOString(),
    now: world.clock.now().toISOString(),
    versions: {
      node: process.version,
      git: (await gitVersion(world)) ?? 'unknown',
    },
    counts: {
      platforms: world.platforms.length,
      repositories: world.git.list().length,
      workflowRuns: world.github
        .repositories()
        .reduce((sum, repository) => sum + repository.runs.length, 0),
      faults: world.faults.list().length,
    },
    scenarios: world.scenarios.list(),
  }));

  server.get('/counters', async () => world.counters.read());
  server.delete('/counters', async (_request, reply) => {
    world.counters.reset();
    return reply.code(204).send();
  });

  server.get('/faults', async () => world.faults.list());
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
    const { name } = request.params as { name: string };
    const known = world.scenarios.list().map(scenario => scenario.name);
    if (!known.includes(name)) {
      throw new HttpError(
        404,
        `no scenario ${name}; there are ${known.join(', ')}`,
      );
    }
    const parameters = jsonBody(request);
    if (typeof parameters !== 'object' || Array.isArray(parameters)) {
      throw new HttpError(400, 'parameters of a scenario are a JSON object');
    }
    try {
      const result = await world.scenarios.start(name, parameters ?? {});
      return { scenario: name, result: result ?? null };
    } catch (error) {
      // A scenario refuses parameters that name nothing in this world.
      throw new HttpError(400, (error as Error).message);
    }
  });

  server.post('/clock', async request => {
    try {
      const { advanceSeconds } = clockSchema.parse(jsonBody(request));
      world.clock.advance(advanceSeconds * 1000);
    } catch (error) {
      throw badInput(error);
    }
    return { now: world.clock.now().toISOString() };
  });

  server.post('/reset', async () => {
    await owner.reset();
    return { status: 'ok', now: world.clock.now().toISOString() };
  });

  return server;
}

function badInput(error: unknown): unknown {
  return error instanceof z.ZodError
    ? new HttpError(400, z.prettifyError(error))
    : error;
}

async function gitVersion(world: World) {
  const [anyRepository] = world.git.list();
  if (!anyRepository) {
    return undefined;
  }
  const out = await world.git.run(anyRepository, ['version']);
  return out
    .toString()
    .replace(/^git version /, '')
    .trim();
}
