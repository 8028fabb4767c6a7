import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { MissingLocations } from './MissingLocations';

const REF = 'location:default/generated-1';

function open(registered: string[], read: string[] = []) {
  const catalog = catalogServiceMock({
    entities: read.map(
      (name): Entity => ({
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Location',
        metadata: { name, namespace: 'default' },
      }),
    ),
  });
  catalog.getLocations = async () => ({
    items: registered.map((entityRef, index) => ({
      id: `${index}`,
      type: 'url',
      target: `https://github.com/acme/${index}/blob/main/catalog-info.yaml`,
      entityRef,
    })),
  });
  const refreshed: string[] = [];
  catalog.refreshEntity = async ref => {
    refreshed.push(ref);
  };
  const locations = new MissingLocations({
    catalog,
    logger: mockServices.logger.mock(),
  });
  return {
    refreshed,
    lookAgain: () => locations.lookAgain(mockCredentials.service()),
  };
}

describe('MissingLocations', () => {
  it('has the catalog look again for a file that was not there', async () => {
    const { refreshed, lookAgain } = open([REF]);
    await lookAgain();
    expect(refreshed).toEqual([REF]);
  });

  it('leaves alone what was read', async () => {
    const { refreshed, lookAgain } = open(
      [REF],
      [REF.replace('location:default/', '')],
    );
    await lookAgain();
    expect(refreshed).toEqual([]);
  });

  it('takes ten in a turn, and all of them in turns', async () => {
    const { refreshed, lookAgain } = open(
      Array.from({ length: 23 }, (_, index) => `${REF}${index}`),
    );
    await lookAgain();
    expect(refreshed).toHaveLength(10);
    await lookAgain();
    await lookAgain();
    expect(refreshed).toHaveLength(30);
    expect(new Set(refreshed).size).toBe(23);
  });
});
