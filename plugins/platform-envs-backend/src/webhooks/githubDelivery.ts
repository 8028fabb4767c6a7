import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { BranchMove } from '../services/readRepository';

/** A push, as far as it is looked at: it says where to look, not what is there. */
export interface PushHint {
  /** `owner/name` */
  repository: string;
  /** Absent when it is a tag that moved. */
  branch?: string;
  /** Absent unless the branch moved on along its own history. */
  move?: BranchMove;
}

const sha = z.string().regex(/^[0-9a-f]{40}$/);

const pushSchema = z.looseObject({
  ref: z.string(),
  before: sha.optional().catch(undefined),
  after: sha.optional().catch(undefined),
  created: z.boolean().optional().catch(undefined),
  deleted: z.boolean().optional().catch(undefined),
  forced: z.boolean().optional().catch(undefined),
  repository: z.looseObject({ full_name: z.string() }),
});

const SIGNATURE = /^sha256=[0-9a-f]{64}$/;

/**
 * Whether a delivery was signed with the secret.
 *
 * @param signature - the header `X-Hub-Signature-256`
 * @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function isSigned(
  body: Buffer,
  signature: string | undefined,
  secret: string,
): boolean {
  if (!signature || !SIGNATURE.test(signature)) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(signature.slice('sha256='.length), 'hex');
  return timingSafeEqual(given, expected);
}

/**
 * The push that a delivery tells of; undefined when it cannot be understood.
 * GitHub sends JSON, or JSON in a form.
 */
export function readPush(
  body: Buffer,
  contentType: string,
): PushHint | undefined {
  const text = body.toString('utf8');
  const json = contentType.startsWith('application/x-www-form-urlencoded')
    ? new URLSearchParams(text).get('payload') ?? ''
    : text;
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch {
    return undefined;
  }
  const parsed = pushSchema.safeParse(document);
  if (!parsed.success) return undefined;
  const [, branch] = /^refs\/heads\/(.+)$/.exec(parsed.data.ref) ?? [];
  const move = branch && moveOf(parsed.data);
  return {
    repository: parsed.data.repository.full_name,
    ...(branch && { branch }),
    ...(move && { move }),
  };
}

function moveOf(push: z.output<typeof pushSchema>): BranchMove | undefined {
  const { before, after, created, deleted, forced } = push;
  // what is not said is not taken for granted
  const isAhead = created === false && deleted === false && forced === false;
  return isAhead && before && after ? { before, after } : undefined;
}
