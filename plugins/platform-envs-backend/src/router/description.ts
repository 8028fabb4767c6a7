import express from 'express';
import Router from 'express-promise-router';
import { describeApi } from '../openapi/describeApi';
import { OPERATIONS } from '../openapi/operations';
import { Gatekeeper, readerOf } from './authorize';

/** `/openapi.json`: what all the other routes take and answer. */
export function createDescriptionRouter(options: Gatekeeper): express.Router {
  const router = Router();
  let text: string | undefined;

  router.get('/openapi.json', async (req, res) => {
    await readerOf(options, req);
    text ??= JSON.stringify(describeApi(OPERATIONS));
    res.type('json').send(text);
  });

  return router;
}
