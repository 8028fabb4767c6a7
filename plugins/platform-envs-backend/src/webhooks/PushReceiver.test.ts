import { mockServices } from '@backstage/backend-test-utils';
import { PushActions, PushReceiver } from './PushReceiver';

function setUp(overrides: Partial<PushActions> = {}) {
  const done: string[] = [];
  const logger = mockServices.logger.mock();
  const receiver = new PushReceiver(
    {
      branchesOf: repository => (repository === 'shop/gitops' ? ['main'] : []),
      refreshDesiredState: async (repository, branch) => {
        done.push(`look at ${repository} ${branch}`);
      },
      componentsFrom: repository =>
        repository === 'shop/orders' ? ['component:default/orders'] : [],
      refreshSource: async (repository, refs) => {
        done.push(`learn ${repository} ${refs}`);
      },
      ...overrides,
    },
    logger,
  );
  return { receiver, done, logger };
}

describe('PushReceiver', () => {
  it('looks at the branch that was pushed to, and learns of sources', async () => {
    const { receiver, done } = setUp();
    receiver.receive({ repository: 'shop/gitops', branch: 'main' });
    receiver.receive({ repository: 'shop/orders', branch: 'feature' });
    receiver.receive({ repository: 'shop/orders' });
    await receiver.idle();
    expect(done).toEqual([
      'look at shop/gitops main',
      'learn shop/orders component:default/orders',
      'learn shop/orders component:default/orders',
    ]);
  });

  it('passes over what concerns nobody', async () => {
    const { receiver, done } = setUp();
    receiver.receive({ repository: 'somebody/else', branch: 'main' });
    receiver.receive({ repository: 'shop/gitops', branch: 'draft' });
    receiver.receive({ repository: 'shop/gitops' });
    await receiver.idle();
    expect(done).toEqual([]);
  });

  it('F70 acts on a hundred pushes, in whatever order, with two looks', async () => {
    let release = () => {};
    const first = new Promise<void>(resolve => {
      release = resolve;
    });
    let looks = 0;
    const { receiver } = setUp({
      refreshDesiredState: async () => {
        looks += 1;
        if (looks === 1) await first;
      },
    });
    for (let i = 0; i < 100; i++) {
      receiver.receive({ repository: 'shop/gitops', branch: 'main' });
    }
    release();
    await receiver.idle();
    expect(looks).toBe(2);
  });

  it('tells of pushes that follow one another as one, and of none where one is missing', async () => {
    const told: unknown[] = [];
    const { receiver } = setUp({
      refreshDesiredState: async (_repository, _branch, move) => {
        told.push(move);
      },
    });
    const push = (before: string, after: string) =>
      receiver.receive({
        repository: 'shop/gitops',
        branch: 'main',
        move: { before, after },
      });
    push('a', 'b');
    push('b', 'c');
    push('c', 'd');
    await receiver.idle();
    push('d', 'e');
    push('e', 'f');
    push('g', 'h');
    await receiver.idle();
    push('h', 'i');
    receiver.receive({ repository: 'shop/gitops', branch: 'main' });
    await receiver.idle();
    expect(told).toEqual([
      { before: 'a', after: 'b' },
      { before: 'b', after: 'd' },
      { before: 'd', after: 'e' },
      undefined,
      { before: 'h', after: 'i' },
      undefined,
    ]);
  });

  it('says so when it cannot act, and goes on', async () => {
    let fails = true;
    const { receiver, logger } = setUp({
      refreshDesiredState: async () => {
        if (fails) throw new Error('no');
      },
    });
    receiver.receive({ repository: 'shop/gitops', branch: 'main' });
    await receiver.idle();
    expect(logger.warn).toHaveBeenCalledTimes(1);
    fails = false;
    receiver.receive({ repository: 'shop/gitops', branch: 'main' });
    await receiver.idle();
    expect(logger.warn).toHaveBeenCalledTimes(1);
  });
});
