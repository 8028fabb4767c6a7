import { NotAllowedError } from '@backstage/errors';

/** How AWS says it, of any service, also within the events of a stack. */
const NOT_AUTHORIZED =
  /(?:User: (\S+) )?is not authorized to perform: ([\w:*-]+)(?: on resource: ([^\s(,]+))?/;

const REFUSED =
  /AccessDenied|UnauthorizedOperation|UnauthorizedException|NotAuthorized/;

const MANUAL = 'docs/operations/rights.md';

/**
 * The error of a call that AWS refused, in words that name who may not do what
 * in which account, and the next step. Any other error as it is.
 */
export function explainAwsRefusal(
  error: unknown,
  { accountId, region }: { accountId: string; region: string },
): unknown {
  const { name = '', message = '' } = error as Partial<Error>;
  const [said, user, action, resource] = NOT_AUTHORIZED.exec(message) ?? [];
  if (!said && !REFUSED.test(name)) return error;
  const who = user ? `The portal (${user})` : 'The portal';
  const where = `in account ${accountId} (${region})`;
  const denied = said
    ? `${who} may not do ${action}${resource ? ` on ${resource}` : ''} ${where}`
    : `AWS refuses the portal ${where}: ${message || name}`;
  const right = action ? `the right ${action}` : 'the rights of the scaffolder';
  return new NotAllowedError(
    `${denied}. Have platform engineering give its role ${right} (${MANUAL}), then press Retry or make the plan again`,
  );
}
