import { LoggerService } from '@backstage/backend-plugin-api';
import express, { Request, Response } from 'express';
import Router from 'express-promise-router';
import { WebhookDeliveryStore } from '../database/WebhookDeliveryStore';
import { isSigned, PushHint, readPush } from '../webhooks/githubDelivery';
import { readBody, UnreadBodyError } from '../webhooks/readBody';

/** Where GitHub delivers, below the plugin's root. */
export const GITHUB_WEBHOOK_PATH = '/webhooks/github';

/** A push with twenty commits has some 30 kB; GitHub's own limit is 25 MB. */
const MAX_BYTES = 1024 * 1024;

/** GitHub itself gives up after so long. */
const TIMEOUT_MS = 10_000;

const DELIVERY_ID = /^[0-9a-zA-Z-]{1,100}$/;

/**
 * Takes deliveries of GitHub's webhooks. Nobody signs in here: what is not
 * signed with the secret is refused before anything else is looked at. A push
 * is answered as soon as it is noted; it is acted on afterwards.
 */
export function createWebhooksRouter(options: {
  secret: string;
  deliveries: WebhookDeliveryStore;
  onPush: (push: PushHint) => void;
  logger: LoggerService;
  /** Default 1 MB. */
  maxBytes?: number;
  /** Default 10 s. */
  timeoutMs?: number;
}): express.Router {
  const { secret, deliveries, onPush, logger } = options;
  const router = Router();

  router.post(GITHUB_WEBHOOK_PATH, async (req, res) => {
    const body = await bodyOf(req, res, options);
    if (!body) return;
    const signature = req.get('x-hub-signature-256');
    if (!isSigned(body, signature, secret)) {
      logger.warn('A webhook delivery with a wrong signature was refused', {
        reason: signature ? 'wrong signature' : 'no signature',
      });
      refuse(
        res,
        401,
        'The signature X-Hub-Signature-256 is missing or wrong; give the webhook the secret of platformEnvs.webhooks.github.secret',
      );
      return;
    }
    const id = req.get('x-github-delivery') ?? '';
    const event = req.get('x-github-event');
    if (!DELIVERY_ID.test(id) || !event) {
      refuse(res, 400, 'X-GitHub-Delivery and X-GitHub-Event are needed');
      return;
    }
    if (event !== 'push') {
      res
        .status(202)
        .json({ accepted: false, reason: `${event} is not needed` });
      return;
    }
    const push = readPush(body, req.get('content-type') ?? '');
    if (!push) {
      refuse(res, 400, 'The delivery is not a push in JSON');
      return;
    }
    const isNew = await deliveries.take(id);
    res.status(202).json({
      accepted: isNew,
      ...(!isNew && { reason: 'This delivery was taken before' }),
    });
    if (isNew) onPush(push);
  });

  return router;
}

async function bodyOf(
  req: Request,
  res: Response,
  {
    maxBytes = MAX_BYTES,
    timeoutMs = TIMEOUT_MS,
  }: { maxBytes?: number; timeoutMs?: number },
): Promise<Buffer | undefined> {
  try {
    return await readBody(req, { maxBytes, timeoutMs });
  } catch (error) {
    if (!(error instanceof UnreadBodyError)) throw error;
    // the rest of it is not wanted, so the connection goes too
    res.set('connection', 'close');
    res.once('finish', () => req.destroy());
    refuse(res, error.status, error.message);
    return undefined;
  }
}

function refuse(res: Response, status: number, message: string): void {
  const name = { 400: 'InputError', 401: 'AuthenticationError' }[status];
  res.status(status).json({
    error: { name: name ?? 'Error', message },
    response: { statusCode: status },
  });
}
