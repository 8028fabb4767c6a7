import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { MissingLocations } from './MissingLocations';

const TARGET =
  'http://localhost:7511/sample-platform-ai/order-intake/tree/main/catalog-info.yaml';
/** As a catalog called it that was asked. */
const REF =
  'location:default/generated-fbc761147d527351921aad0f0ff3f205fb28e955';

function open(targets: string[], read: string[] = []) {
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
    items: targets.map((target, index) => ({
      id: `${index}`,
      type: 'url',
      target,
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
    const { refreshed, lookAgain } = open([TARGET]);
    await lookAgain();
    expect(refreshed).toEqual([REF]);
  });

  it('leaves alone what was read', async () => {
    const { refreshed, lookAgain } = open(
      [TARGET],
      [REF.replace('location:default/', '')],
    );
    await lookAgain();
    expect(refreshed).toEqual([]);
  });

  it('takes ten in a turn, and all of them in turns', async () => {
    const { refreshed, lookAgain } = open(
      Array.from({ length: 23 }, (_, index) => `${TARGET}?${index}`),
    );
    await lookAgain();
    expect(refreshed).toHaveLength(10);
    await lookAgain();
    await lookAgain();
    expect(refreshed).toHaveLength(30);
    expect(new Set(refreshed).size).toBe(23);
  });
});
