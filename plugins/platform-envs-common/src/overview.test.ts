import { DeliveryCell, DeliveryRow } from './api';
import { tellAges } from './age';
import {
  overviewText,
  rowNeedsAttention,
  sentenceOf,
  toOverviewRow,
} from './overview';
import { compactRow, expandOverview, OverviewPage } from './overviewWire';
import { okReading, unavailableReading } from './status';

const AT = '2026-03-10T12:00:00Z';
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

function aCell(overrides: Partial<DeliveryCell> = {}): DeliveryCell {
  const release = {
    image: 'registry.example.com/backend',
    version: '1.2.0',
    digest: DIGEST,
  };
  return {
    componentRef: 'component:default/backend',
    environmentRef: 'environment:default/shop-dev',
    application: { name: 'backend-dev', instance: 'main', match: 'declared' },
    desired: okReading({ ...release, path: 'overlays/dev', author: 'A' }, AT),
    live: okReading(release, AT),
    sync: 'Synced',
    health: 'Healthy',
    state: 'healthy',
    sentence: `Healthy and synced; 1.2.0 for {age:${AT}}.`,
    since: AT,
    source: { state: 'live', observedAt: AT },
    resources: [{ kind: 'Deployment', name: 'backend' }],
    links: [{ title: 'x', url: 'https://example.com', type: 'other' }],
    ...overrides,
  };
}

function aRow(cells: DeliveryCell[], findings: string[] = []): DeliveryRow {
  return {
    component: {
      ref: 'component:default/backend',
      name: 'backend',
      title: 'Backend of the Shop',
      type: 'service',
      lifecycle: 'production',
      ownerRef: 'group:default/shop-team',
      systemRef: 'system:default/shop',
    },
    cells,
    findings,
  };
}

const pageOf = (row: DeliveryRow) =>
  ({
    environments: [],
    rows: [compactRow(toOverviewRow(row))],
  } as unknown as OverviewPage);

describe('a row of the overview', () => {
  it('says of a cell that is well only what nobody could guess', () => {
    expect(compactRow(toOverviewRow(aRow([aCell()]))).cells).toEqual([
      {
        environmentRef: 'environment:default/shop-dev',
        version: '1.2.0',
        digest: '01234567',
        since: AT,
      },
    ]);
  });

  it.each<[string, Partial<DeliveryCell>]>([
    ['is well', {}],
    ['says something else than usual', { sentence: 'Healthy; but its …' }],
    ['was never deployed', { state: 'not-deployed', sentence: 'Not yet.' }],
    [
      'is degraded',
      {
        state: 'degraded',
        health: 'Degraded',
        sync: 'OutOfSync',
        sentence: `Degraded for {age:${AT}}: 1 pod fails.`,
      },
    ],
    [
      'is known from Git alone',
      {
        state: 'unknown',
        sync: 'Unknown',
        health: 'Unknown',
        application: undefined,
        live: unavailableReading('quiet'),
        source: { state: 'stale', message: 'refused' },
      },
    ],
    [
      'is behind',
      {
        behind: {
          environmentRef: 'environment:default/shop-uat',
          state: 'behind',
          toVersion: '1.3.0',
          commits: 3,
        },
      },
    ],
    [
      'is behind something that has no version, and has none',
      {
        live: unavailableReading('nothing'),
        desired: unavailableReading('nothing'),
        behind: {
          environmentRef: 'environment:default/shop-uat',
          state: 'diverged',
        },
      },
    ],
    [
      'has a version that the comparison does not know',
      {
        behind: {
          environmentRef: 'environment:default/shop-uat',
          state: 'unknown',
          reason: 'a digest is missing',
        },
      },
    ],
    [
      'is ahead of another version than its own',
      {
        behind: {
          environmentRef: 'environment:default/shop-uat',
          state: 'ahead',
          fromVersion: '1.2.1',
          toVersion: '1.2.0',
        },
      },
    ],
    [
      'has no release at all',
      {
        live: unavailableReading('nothing'),
        desired: unavailableReading('nothing'),
        since: undefined,
      },
    ],
  ])('comes over the wire as it was when a cell %s', (_, overrides) => {
    const row = aRow([aCell(overrides)], ['dev: an overlay too many.']);
    const wire = JSON.parse(JSON.stringify(pageOf(row)));
    expect(expandOverview(wire).rows).toEqual(
      JSON.parse(JSON.stringify([toOverviewRow(row)])),
    );
  });

  it('tells a name only where its ref, which is in lower case, does not', () => {
    const row = toOverviewRow(aRow([aCell()]));
    expect(compactRow(row).component).not.toHaveProperty('name');
    const named = { ...row, component: { ...row.component, name: 'Backend' } };
    expect(compactRow(named).component.name).toBe('Backend');
    const page = { environments: [], rows: [compactRow(named)] };
    expect(expandOverview(page as unknown as OverviewPage).rows).toEqual([
      named,
    ]);
  });

  it('tells versions once that neighbours in a row have', () => {
    const [uat, prod] = ['uat', 'prod'].map(
      name => `environment:default/shop-${name}`,
    );
    const row = toOverviewRow(
      aRow([
        aCell({ environmentRef: uat }),
        aCell({
          environmentRef: prod,
          behind: {
            environmentRef: uat,
            state: 'behind',
            fromVersion: '1.2.0',
            toVersion: '1.2.0',
            commits: 3,
          },
        }),
      ]),
    );
    expect(compactRow(row).cells[1].behind).toEqual({
      state: 'behind',
      commits: 3,
    });
    const wire = JSON.parse(
      JSON.stringify({ environments: [], rows: [compactRow(row)] }),
    );
    expect(expandOverview(wire).rows).toEqual([row]);
  });

  it('takes no difference for nothing to compare with', () => {
    const behind = { environmentRef: 'x', state: 'same' as const };
    const [row] = expandOverview(pageOf(aRow([aCell({ behind })]))).rows;
    expect(row.cells[0].behind).toBeUndefined();
  });

  it('tells its age when it is read', () => {
    const [row] = expandOverview(pageOf(aRow([aCell()]))).rows;
    expect(sentenceOf(row.cells[0], new Date('2026-03-10T12:04:00Z'))).toBe(
      'Healthy and synced; 1.2.0 for 4 min.',
    );
  });

  it('is found by what it shows', () => {
    const text = overviewText(toOverviewRow(aRow([aCell()])));
    for (const word of [
      'backend of',
      '1.2.0',
      'shop-team',
      '0123',
      'healthy',
    ]) {
      expect(text).toContain(word);
    }
  });

  it.each<[boolean, Partial<DeliveryCell>, string[]]>([
    [false, {}, []],
    [true, {}, ['does not add up']],
    [true, { state: 'out-of-sync' }, []],
    [true, { state: 'unknown' }, []],
    [false, { state: 'unknown', source: { state: 'absent' } }, []],
    [false, { state: 'progressing' }, []],
  ])('needs attention: %s', (expected, overrides, findings) => {
    const row = toOverviewRow(aRow([aCell(overrides)], findings));
    expect(rowNeedsAttention(row)).toBe(expected);
  });
});

describe('tellAges', () => {
  const now = new Date('2026-03-10T12:04:00Z');

  it.each([
    [`for {age:${AT}} and {age:2026-03-09T12:04:00Z}.`, 'for 4 min and 1 day.'],
    ['no age at all', 'no age at all'],
    ['{age:soon}', 'an unknown time'],
    ['{age:} {age', '{age:} {age'],
  ])('makes of %j %j', (sentence, expected) => {
    expect(tellAges(sentence, now)).toBe(expected);
  });
});
