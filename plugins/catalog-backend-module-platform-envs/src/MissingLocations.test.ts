import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { MissingLocations } from './MissingLocations';

const aLocation = (name: string, error?: string): Entity =>
  ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Location',
    metadata: { name, namespace: 'default' },
    spec: { type: 'url', target: `https://github.com/acme/${name}` },
    ...(error && {
      status: {
        items: [
          {
            type: 'backstage.io/catalog-processing',
            level: 'error',
            message: `${error}: x`,
            error: { name: error, message: 'x' },
          },
        ],
      },
    }),
  } as Entity);

function open(entities: Entity[]) {
  const catalog = catalogServiceMock({ entities });
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
  it('has the catalog look again for files that were not there, and for no others', async () => {
    const { refreshed, lookAgain } = open([
      aLocation('orders', 'NotFoundError'),
      aLocation('bills'),
      aLocation('broken', 'InputError'),
    ]);
    await lookAgain();
    expect(refreshed).toEqual(['location:default/orders']);
  });

  it('takes ten in a turn, and all of them in turns', async () => {
    const { refreshed, lookAgain } = open(
      Array.from({ length: 23 }, (_, index) =>
        aLocation(`a${index}`, 'NotFoundError'),
      ),
    );
    await lookAgain();
    expect(refreshed).toHaveLength(10);
    await lookAgain();
    await lookAgain();
    expect(refreshed).toHaveLength(30);
    expect(new Set(refreshed).size).toBe(23);
  });
});
