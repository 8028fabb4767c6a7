import { mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { Memberships } from './Memberships';

const someone = (...groups: string[]): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: { name: 'x', namespace: 'default' },
  relations: groups.map(targetRef => ({ type: 'memberOf', targetRef })),
});

function setUp() {
  const catalog = catalogServiceMock.mock();
  const clock = { now: 0 };
  const memberships = new Memberships({
    auth: mockServices.auth(),
    catalog,
    logger: mockServices.logger.mock(),
    now: () => clock.now,
  });
  const groups = async () => (await memberships.find('user:default/x'))?.groups;
  return { catalog, clock, groups };
}

/** Lets what nobody waits for happen. */
const meanwhile = () => new Promise(resolve => setImmediate(resolve));

describe('Memberships', () => {
  it('are read again while people work on, who do not wait for that', async () => {
    const { catalog, clock, groups } = setUp();
    catalog.getEntityByRef.mockResolvedValueOnce(someone('a'));
    expect(await groups()).toEqual(['a']);

    let answer: (entity: Entity) => void = () => {};
    catalog.getEntityByRef.mockReturnValueOnce(
      new Promise(resolve => {
        answer = resolve;
      }),
    );
    clock.now = 3_000;
    expect(await groups()).toEqual(['a']);
    expect(await groups()).toEqual(['a']);
    await meanwhile();
    expect(catalog.getEntityByRef).toHaveBeenCalledTimes(2);
    answer(someone('a', 'b'));
    await meanwhile();
    clock.now = 5_000;
    expect(await groups()).toEqual(['a', 'b']);
    expect(catalog.getEntityByRef).toHaveBeenCalledTimes(2);
  });

  it('hold for ten seconds when they cannot be read again, and no longer', async () => {
    const { catalog, clock, groups } = setUp();
    catalog.getEntityByRef.mockResolvedValueOnce(someone('a'));
    expect(await groups()).toEqual(['a']);
    catalog.getEntityByRef.mockRejectedValue(new Error('down'));
    for (const now of [4_000, 9_999]) {
      clock.now = now;
      expect(await groups()).toEqual(['a']);
      await meanwhile();
    }
    clock.now = 10_000;
    expect(await groups()).toBeUndefined();
  });
});
