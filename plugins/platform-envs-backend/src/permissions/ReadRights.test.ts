import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  environmentOperatePermission,
  environmentReadPermission,
} from '@fairway/plugin-platform-envs-common';
import { requireRead } from '../router/authorize';
import { ReadRights } from './ReadRights';

const SECOND = 1000;
const JO = mockCredentials.user('user:default/jo');

function setUp() {
  let nowMs = Date.parse('2026-03-10T12:00:00Z');
  let result: AuthorizeResult.ALLOW | AuthorizeResult.DENY | Error =
    AuthorizeResult.ALLOW;
  const authorize = jest.fn(async (requests: unknown[]) => {
    const answer = result;
    if (answer instanceof Error) throw answer;
    return requests.map(() => ({ result: answer }));
  });
  const rights = new ReadRights(
    mockServices.permissions.mock({ authorize }),
    () => nowMs,
  );
  return {
    rights,
    authorize,
    read: (who = JO) => requireRead(rights, who),
    decide: (next: typeof result) => {
      result = next;
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

const settled = () => new Promise(resolve => setImmediate(resolve));

describe('ReadRights', () => {
  it('asks once for many views, and again in the background after half a minute', async () => {
    const { read, authorize, pass } = setUp();
    await read();
    await read();
    pass(29 * SECOND);
    await read();
    expect(authorize).toHaveBeenCalledTimes(1);
    pass(SECOND);
    await Promise.all([read(), read()]);
    await settled();
    expect(authorize).toHaveBeenCalledTimes(2);
    pass(29 * SECOND);
    await read();
    expect(authorize).toHaveBeenCalledTimes(2);
  });

  it('refuses within a minute whoever may read no more', async () => {
    const { read, decide, pass } = setUp();
    await read();
    decide(AuthorizeResult.DENY);
    pass(59 * SECOND);
    await read();
    await settled();
    await expect(read()).rejects.toThrow(NotAllowedError);
  });

  it('waits for the answer after a minute, whether there is one or not', async () => {
    const { read, decide, pass } = setUp();
    await read();
    pass(60 * SECOND);
    decide(new Error('the permission backend is away'));
    await expect(read()).rejects.toThrow('the permission backend is away');
    decide(AuthorizeResult.ALLOW);
    await expect(read()).resolves.toBeUndefined();
  });

  it('relies on the last answer for a minute while none can be had', async () => {
    const { read, decide, pass, authorize } = setUp();
    await read();
    decide(new Error('the permission backend is away'));
    pass(45 * SECOND);
    await read();
    await settled();
    pass(14 * SECOND);
    await read();
    expect(authorize).toHaveBeenCalledTimes(3);
    pass(SECOND);
    await expect(read()).rejects.toThrow('away');
  });

  it('never remembers a refusal, and tells people apart', async () => {
    const { read, decide, authorize } = setUp();
    await read();
    decide(AuthorizeResult.DENY);
    const other = mockCredentials.user('user:default/kim');
    await expect(read(other)).rejects.toThrow(NotAllowedError);
    await expect(read(other)).rejects.toThrow(NotAllowedError);
    expect(authorize).toHaveBeenCalledTimes(3);
    await read();
    decide(AuthorizeResult.ALLOW);
    await read(other);
    expect(authorize).toHaveBeenCalledTimes(4);
  });

  it('asks each time for services, and for every right to act', async () => {
    const { rights, read, authorize } = setUp();
    const service = mockCredentials.service();
    await requireRead(rights, service);
    await requireRead(rights, service);
    await read();
    authorize.mockClear();
    const act = [
      {
        permission: environmentOperatePermission,
        resourceRef: 'component:default/a@environment:default/dev',
      },
    ];
    await rights.authorize(act, { credentials: JO });
    await rights.authorize(act, { credentials: JO });
    const both = [
      { permission: environmentReadPermission },
      { permission: environmentReadPermission },
    ];
    await rights.authorize(both, { credentials: JO });
    expect(authorize).toHaveBeenCalledTimes(3);
  });
});
