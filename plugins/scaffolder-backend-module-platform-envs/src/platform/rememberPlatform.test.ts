import { mockCredentials } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { Platform } from './readPlatform';
import { rememberPlatform } from './rememberPlatform';

const SYSTEM = 'system:default/sample-platform-ai';

describe('rememberPlatform', () => {
  const read = jest.fn(
    async () => ({ system: 'sample-platform-ai' } as Platform),
  );
  beforeEach(() => read.mockClear());
  const ask = (
    credentials = mockCredentials.user(),
    catalog = catalogServiceMock.mock(),
  ) => rememberPlatform({ catalog, credentials }, SYSTEM, read);

  it('reads once for what a person asks twice', async () => {
    const catalog = catalogServiceMock.mock();
    const first = await ask(undefined, catalog);
    expect(await ask(undefined, catalog)).toBe(first);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('reads for each person', async () => {
    const catalog = catalogServiceMock.mock();
    await ask(mockCredentials.user('user:default/one'), catalog);
    await ask(mockCredentials.user('user:default/other'), catalog);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('reads again after a failure', async () => {
    const catalog = catalogServiceMock.mock();
    read.mockRejectedValueOnce(new Error('no catalog'));
    await expect(ask(undefined, catalog)).rejects.toThrow('no catalog');
    await ask(undefined, catalog);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('always reads for what is no person', async () => {
    const catalog = catalogServiceMock.mock();
    const credentials = mockCredentials.service() as any;
    await ask(credentials, catalog);
    await ask(credentials, catalog);
    expect(read).toHaveBeenCalledTimes(2);
  });
});
