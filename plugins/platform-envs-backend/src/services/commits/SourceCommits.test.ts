import { mockServices } from '@backstage/backend-test-utils';
import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import {
  Behind,
  DeliveryCell,
  okReading,
  Release,
} from '@fairway/plugin-platform-envs-common';
import { FakeGitHost } from '@fairway/plugin-platform-envs-node/testUtils';
import { digestOf } from '../../__testUtils__/entities';
import { applyCommits, commitQuestions, missingCommits } from './applyCommits';
import { SourceCommits } from './SourceCommits';
import { ComponentSource } from './sourceOf';

const REPOSITORY = 'shop/orders';
const SOURCE: ComponentSource = {
  repository: REPOSITORY,
  without: [],
  names: ['orders'],
};
const IMAGE = 'registry.example.com/orders';
const DEV = 'environment:default/dev';
const PROD = 'environment:default/prod';

const release = (version: string): Release => ({
  image: IMAGE,
  version,
  digest: digestOf(version),
});

function cell(
  environmentRef: string,
  version: string,
  behind?: Partial<Behind>,
): DeliveryCell {
  return {
    componentRef: 'component:default/orders',
    environmentRef,
    desired: okReading({ ...release(version), path: 'x' }, 'now'),
    ...(behind && {
      behind: { environmentRef: DEV, state: 'behind', ...behind },
    }),
  } as DeliveryCell;
}

/** A registry, a repository and a store, and what was asked of them. */
function setUp(audience?: { since: number | undefined }) {
  const gitHost = new FakeGitHost();
  const labels = new Map<string, string | Error>();
  const asked: string[] = [];
  const documents = new Map<string, unknown>();
  let now = Date.parse('2026-03-10T12:00:00Z');
  const create = () =>
    new SourceCommits({
      gitHost,
      audience,
      labels: {
        handles: image => image === IMAGE,
        readLabels: async ({ version }): Promise<Record<string, string>> => {
          asked.push(version!);
          const label = labels.get(version!);
          if (label instanceof Error) throw label;
          return label
            ? { 'org.opencontainers.image.revision': label }
            : { 'org.opencontainers.image.title': 'orders' };
        },
      },
      store: {
        save: async (name, content) => {
          documents.set(name, JSON.parse(JSON.stringify(content)));
        },
        saveAll: async () => {},
        loadAll: async () => new Map(),
        load: async (name, shape) =>
          documents.has(name) ? shape.parse(documents.get(name)) : undefined,
      },
      logger: mockServices.logger.mock(),
      now: () => new Date(now),
    });
  const push = (subject: string, file = 'main.go') =>
    gitHost.push(REPOSITORY, 'main', { [file]: subject }, subject);
  const commits = create();
  const see = async (cells: DeliveryCell[], using = commits) => {
    await using.learn(() => commitQuestions(cells, SOURCE));
    return applyCommits(cells, SOURCE, using);
  };
  return {
    gitHost,
    labels,
    asked,
    commits,
    create,
    push,
    see,
    wait: (ms: number) => {
      now += ms;
    },
  };
}

const revisionOf = ({ desired }: DeliveryCell) =>
  desired.status === 'ok' ? desired.value.revision : undefined;

describe('SourceCommits', () => {
  it('says by how many commits an environment is behind, and which they are', async () => {
    const t = setUp();
    const old = t.push('Begin');
    t.push('Fix the total');
    t.push('Add a metric');
    const latest = t.push('Drain before shutdown');
    t.labels.set('1.1.0', latest);
    t.labels.set('1.0.0', old);
    const cells = [cell(DEV, '1.1.0'), cell(PROD, '1.0.0', {})];
    const [dev, prod] = await t.see(cells);
    expect(revisionOf(dev)).toBe(latest);
    expect(revisionOf(prod)).toBe(old);
    expect(prod.behind).toEqual({
      environmentRef: DEV,
      state: 'behind',
      commits: 3,
    });
    expect(
      missingCommits([dev, prod], prod, SOURCE, t.commits)?.map(c => [
        c.subject,
        c.author,
        c.url,
      ]),
    ).toEqual([
      [
        'Drain before shutdown',
        'Somebody',
        `https://git.example.com/${REPOSITORY}/commit/${latest}`,
      ],
      ['Add a metric', 'Somebody', expect.any(String)],
      ['Fix the total', 'Somebody', expect.any(String)],
    ]);
  });

  it('tells ahead and diverged from behind, whatever the versions look like', async () => {
    const t = setUp();
    const base = t.push('Begin');
    const hotfix = t.gitHost.rewrite(REPOSITORY, 'main', { 'main.go': 'hot' });
    const next = t.push('More');
    t.labels.set('1.0.0', base);
    t.labels.set('1.0.1', hotfix);
    t.labels.set('1.1.0', next);
    const against = async (dev: string, prod: string) =>
      (await t.see([cell(DEV, dev), cell(PROD, prod, {})]))[1].behind;
    expect(await against('1.0.1', '1.1.0')).toMatchObject({
      state: 'ahead',
      ahead: 1,
    });
    expect(await against('1.1.0', '1.0.0')).toMatchObject({
      state: 'diverged',
      commits: 2,
      ahead: 1,
    });
  });

  it('asks once for each new digest and pair, also after a restart', async () => {
    const t = setUp();
    t.labels.set('1.0.0', t.push('Begin'));
    t.labels.set('1.1.0', t.push('Next'));
    const compare = jest.spyOn(t.gitHost, 'compareCommits');
    const cells = [cell(DEV, '1.1.0'), cell(PROD, '1.0.0', {})];
    await t.see(cells);
    await t.see(cells);
    const second = t.create();
    await second.load();
    expect((await t.see(cells, second))[1].behind?.commits).toBe(1);
    expect(t.asked.sort()).toEqual(['1.0.0', '1.1.0']);
    expect(compare).toHaveBeenCalledTimes(1);
  });

  it('falls back on the commit that the release names, then on a tag of the version', async () => {
    const t = setUp();
    const old = t.push('Begin');
    const latest = t.push('Next');
    t.gitHost.tag(REPOSITORY, 'v1.0.0', old);
    const dev = cell(DEV, '1.1.0');
    dev.desired = okReading(
      { ...release('1.1.0'), revision: latest, path: 'x' },
      'now',
    );
    const [, prod] = await t.see([dev, cell(PROD, '1.0.0', {})]);
    expect(revisionOf(prod)).toBe(old);
    expect(prod.behind?.commits).toBe(1);
  });

  it('prefers the tag of the component in a repository of several', async () => {
    const t = setUp();
    const own = t.push('Begin');
    t.gitHost.tag(REPOSITORY, 'v1.0.0', t.push('Another component'));
    t.gitHost.tag(REPOSITORY, 'orders/v1.0.0', own);
    expect(revisionOf((await t.see([cell(DEV, '1.0.0')]))[0])).toBe(own);
  });

  it('says why it cannot tell, and finds out when the tag is pushed', async () => {
    const t = setUp();
    const latest = t.push('Begin');
    t.labels.set('1.1.0', latest);
    const cells = [cell(DEV, '1.1.0'), cell(PROD, '1.0.0', {})];
    const [, before] = await t.see(cells);
    expect(before.behind).toMatchObject({
      state: 'behind',
      reason:
        'which commit 1.0.0 was built from is not known: it has no label org.opencontainers.image.revision, and shop/orders has no tag orders/v1.0.0',
    });
    expect(before.behind?.commits).toBeUndefined();

    t.gitHost.tag(REPOSITORY, 'v1.0.0', latest);
    expect((await t.see(cells))[1].behind?.reason).toMatch(/^which commit/);
    t.commits.pushed(REPOSITORY);
    expect((await t.see(cells))[1].behind).toMatchObject({
      commits: 0,
      reason: 'both images were built from the same source',
    });
  });

  it('asks a registry again that failed, after a while', async () => {
    const t = setUp();
    const sha = t.push('Begin');
    t.labels.set(
      '1.0.0',
      new ServiceUnavailableError('the registry throttles'),
    );
    const cells = [cell(DEV, '1.0.0')];
    expect(revisionOf((await t.see(cells))[0])).toBeUndefined();
    t.labels.set('1.0.0', sha);
    expect(revisionOf((await t.see(cells))[0])).toBeUndefined();
    t.wait(11 * 60_000);
    expect(revisionOf((await t.see(cells))[0])).toBe(sha);
    expect(t.asked).toEqual(['1.0.0', '1.0.0']);
  });

  it('keeps the order of the versions where the commits cannot be compared', async () => {
    const t = setUp();
    t.labels.set('1.0.0', t.push('Begin'));
    t.labels.set('1.1.0', t.push('Next'));
    t.gitHost.failNext.push({
      method: 'compareCommits',
      error: new NotFoundError('shop/orders has no commit abc'),
    });
    const [, prod] = await t.see([cell(DEV, '1.1.0'), cell(PROD, '1.0.0', {})]);
    expect(prod.behind).toEqual({
      environmentRef: DEV,
      state: 'behind',
      reason: 'shop/orders has no commit abc',
    });
  });

  it('says so where the catalog names no repository', () => {
    const cells = [cell(DEV, '1.1.0'), cell(PROD, '1.0.0', {})];
    expect(commitQuestions(cells, undefined)).toEqual([]);
    expect(
      applyCommits(cells, undefined, setUp().commits)[1].behind?.reason,
    ).toBe('its catalog entry names no repository (github.com/project-slug)');
  });

  it('asks nothing while nobody looks, and goes on when somebody comes', async () => {
    const audience = { since: undefined as number | undefined };
    const t = setUp(audience);
    t.labels.set('1.0.0', t.push('Begin'));
    const cells = [cell(DEV, '1.0.0')];
    await t.see(cells);
    expect(t.asked).toEqual([]);
    audience.since = 1;
    expect(revisionOf((await t.see(cells))[0])).toBeDefined();
    expect(t.asked).toEqual(['1.0.0']);
  });

  it('lets few questions go before what is left of many', async () => {
    const t = setUp();
    const many = Array.from({ length: 100 }, (_, i) => cell(DEV, `1.0.${i}`));
    const all = t.commits.learn(() => commitQuestions(many, SOURCE));
    await t.see([cell(DEV, '2.0.0')]);
    await all;
    const turn = t.asked.indexOf('2.0.0');
    expect(turn).toBeGreaterThan(0);
    expect(turn).toBeLessThan(50);
    expect(t.asked).toHaveLength(101);
  });

  it('tells who listens when something was found out, and not otherwise', async () => {
    const t = setUp();
    t.labels.set('1.0.0', t.push('Begin'));
    const listener = jest.fn();
    t.commits.onChange(listener);
    await t.see([cell(DEV, '1.0.0')]);
    await t.see([cell(DEV, '1.0.0')]);
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
