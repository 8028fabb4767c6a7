import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { DocsPrebuilder } from './DocsPrebuilder';

const component = (name: string, annotations?: Record<string, string>) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name, namespace: 'default', annotations },
  spec: {},
});

function setUp(answer: (url: string) => Response) {
  const urls: string[] = [];
  const logger = mockServices.logger.mock();
  const prebuilder = new DocsPrebuilder({
    auth: mockServices.auth(),
    catalog: catalogServiceMock({
      entities: [
        component('ledger', { 'backstage.io/techdocs-ref': 'dir:.' }),
        component('broken', { 'backstage.io/techdocs-ref': 'dir:.' }),
        component('undocumented'),
      ],
    }),
    discovery: mockServices.discovery(),
    logger,
    fetch: async url => {
      urls.push(String(url).replace(/.*\/sync/, ''));
      return answer(String(url));
    },
  });
  return { prebuilder, urls, logger };
}

describe('DocsPrebuilder', () => {
  it('asks once for each entity that has documentation', async () => {
    const { prebuilder, urls } = setUp(() => new Response('event: finish\n'));
    await prebuilder.run();
    await prebuilder.run();
    expect(urls).toEqual([
      '/default/Component/ledger',
      '/default/Component/broken',
    ]);
  });

  it('tries a failed one again and keeps going', async () => {
    const { prebuilder, urls, logger } = setUp(url =>
      url.endsWith('broken')
        ? new Response('event: error\ndata: "mkdocs.yml is missing"\n\n')
        : new Response('event: finish\n'),
    );
    await prebuilder.run();
    await prebuilder.run();
    expect(urls.filter(url => url.endsWith('broken'))).toHaveLength(2);
    expect(urls.filter(url => url.endsWith('ledger'))).toHaveLength(1);
    expect(logger.warn).toHaveBeenCalledWith(
      'Documentation could not be generated',
      expect.objectContaining({
        entity: 'component:default/broken',
        reason: expect.stringContaining('mkdocs.yml is missing'),
      }),
    );
  });
});
