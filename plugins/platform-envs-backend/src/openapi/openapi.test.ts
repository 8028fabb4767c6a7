import SwaggerParser from '@apidevtools/swagger-parser';
import express from 'express';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { createPromotionsRouter } from '../router/promotions';
import { createRouter } from '../router/createRouter';
import { describeApi } from './describeApi';
import { OPERATIONS } from './operations';

/** `GET /path/:name` of every route below a router. */
function routesOf(router: express.Router): string[] {
  return router.stack.flatMap(layer => {
    if (layer.route) {
      const { path, methods } = layer.route as unknown as {
        path: string;
        methods: Record<string, boolean>;
      };
      return Object.keys(methods).map(m => `${m.toUpperCase()} ${path}`);
    }
    const below = layer.handle as unknown as express.Router;
    return below.stack ? routesOf(below) : [];
  });
}

describe('the description of the API', () => {
  it('is valid OpenAPI', async () => {
    const api = describeApi(OPERATIONS);
    await expect(
      SwaggerParser.validate(JSON.parse(JSON.stringify(api))),
    ).resolves.toMatchObject({ openapi: '3.1.0' });
  });

  it('describes every route that there is, and no other', () => {
    const router = createRouter({
      promotionsRouter: createPromotionsRouter({} as never),
      canChange: true,
      removals: {},
    } as never);
    const described = OPERATIONS.map(
      ({ method, path }) => `${method.toUpperCase()} ${path}`,
    );
    expect(described.sort()).toEqual(routesOf(router).sort());
    expect(new Set(OPERATIONS.map(o => o.id)).size).toBe(OPERATIONS.length);
  });

  it('has the parameters that are read', () => {
    const { paths } = describeApi(OPERATIONS) as any;
    expect(
      paths['/overview'].get.parameters.map((p: { name: string }) => p.name),
    ).toEqual([
      'system',
      'owner',
      'mine',
      'attention',
      'state',
      'component',
      'q',
      'sort',
      'cursor',
      'limit',
    ]);
    expect(
      paths['/environments/{namespace}/{name}'].get.parameters,
    ).toMatchObject([
      { name: 'namespace', in: 'path', required: true },
      { name: 'name', in: 'path', required: true },
    ]);
  });

  it('says what the types say', async () => {
    const script = resolve(__dirname, '../../scripts/generateSchemas.mjs');
    await expect(
      promisify(execFile)(process.execPath, [script, '--check']),
    ).resolves.toMatchObject({ stderr: '' });
  });
});
