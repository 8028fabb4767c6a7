import { createMockDirectory } from '@backstage/backend-test-utils';
import { PreparerBase } from '@backstage/plugin-techdocs-node';
import fs from 'node:fs/promises';
import { UnchangedDocsPreparer } from './UnchangedDocsPreparer';

const entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'cart' },
};

describe('UnchangedDocsPreparer', () => {
  const folder = createMockDirectory();
  const inner: PreparerBase = {
    shouldCleanPreparedDirectory: () => false,
    prepare: async () => ({ preparedDir: folder.path, etag: '' }),
  };
  const preparer = new UnchangedDocsPreparer(inner);

  beforeEach(() =>
    folder.setContent({
      'mkdocs.yml': 'site_name: Cart\ndocs_dir: pages\n',
      pages: { 'index.md': '# Cart', deep: { 'more.md': 'More' } },
      'package.json': '{}',
    }),
  );

  /** Whether documentation would be generated again after a change. */
  async function notices(change: () => Promise<void>): Promise<boolean> {
    const { etag } = await preparer.prepare(entity);
    await change();
    const after = await preparer.prepare(entity, { etag } as any);
    return after.etag !== etag;
  }

  it('says that nothing changed, whatever else lies in the folder', async () => {
    const { etag, preparedDir } = await preparer.prepare(entity);
    expect(preparedDir).toBe(folder.path);
    await fs.writeFile(folder.resolve('package.json'), '{"a":1}');
    await expect(
      preparer.prepare(entity, { etag } as any),
    ).rejects.toMatchObject({ name: 'NotModifiedError' });
  });

  it('sees a page change, come and go', async () => {
    expect(
      await notices(() =>
        fs.writeFile(folder.resolve('pages/deep/more.md'), 'Even more'),
      ),
    ).toBe(true);
    expect(
      await notices(() => fs.writeFile(folder.resolve('pages/new.md'), 'New')),
    ).toBe(true);
    expect(await notices(() => fs.rm(folder.resolve('pages/new.md')))).toBe(
      true,
    );
  });

  it('sees the configuration change', async () => {
    expect(
      await notices(() =>
        fs.writeFile(folder.resolve('mkdocs.yml'), 'docs_dir: pages\n'),
      ),
    ).toBe(true);
  });

  it('leaves versions of remote trees alone', async () => {
    const remote = new UnchangedDocsPreparer({
      ...inner,
      prepare: async () => ({ preparedDir: folder.path, etag: 'sha' }),
    });
    expect((await remote.prepare(entity)).etag).toBe('sha');
  });

  it('leaves a folder without documentation to the generator', async () => {
    folder.setContent({});
    expect((await preparer.prepare(entity)).etag).toMatch(/^[0-9a-f]{64}$/);
  });
});
