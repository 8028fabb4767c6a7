import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BareGitStore } from '../BareGitStore';
import { UnchangedSources } from './UnchangedSources';

const REPOSITORY = 'acme/platform-infra';
const AUTHOR = { name: 'A', email: 'a@example.com' };

describe('UnchangedSources', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'fairway-unchanged-'));
  let git: BareGitStore;
  beforeAll(async () => {
    git = await BareGitStore.open(dataDir, { now: () => new Date() });
    await git.create(REPOSITORY);
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  const commit = (files: Record<string, string>) =>
    git.commit(REPOSITORY, {
      branch: 'main',
      message: 'Change',
      author: AUTHOR,
      files: Object.entries(files).map(([path, content]) => ({
        path,
        content,
      })),
    });
  const request = (sha: string, path: string) => ({
    repository: REPOSITORY,
    sha,
    source: { repoURL: '', path },
    application: { name: 'x' },
  });

  it('knows a source again until something that it was made from changes', async () => {
    const sources = new UnchangedSources(git);
    const first = await commit({
      'base/api/x.yaml': '1',
      'overlays/dev/api/k.yaml': '1',
      'overlays/dev/web/k.yaml': '1',
    });
    const api = (sha: string) => sources.find(request(sha, 'overlays/dev/api'));
    expect(await api(first)).toBeUndefined();
    sources.keep(request(first, 'overlays/dev/api'), {
      root: '/checkout',
      read: ['/checkout/overlays/dev/api', '/checkout/base/api'],
      key: 'rendered',
    });
    expect(await api(first)).toBe('rendered');
    // neither another overlay, nor a name that only begins alike
    const other = await commit({
      'overlays/dev/web/k.yaml': '2',
      'overlays/dev/api-two/k.yaml': '2',
    });
    expect(await api(other)).toBe('rendered');
    expect(await sources.find(request(other, 'overlays/dev/web'))).toBe(
      undefined,
    );
    const own = await commit({ 'base/api/x.yaml': '2' });
    expect(await api(own)).toBeUndefined();
    // a commit that git does not have tells nothing
    expect(await api('0'.repeat(40))).toBeUndefined();
    expect(await api(first)).toBe('rendered');
  });
});
