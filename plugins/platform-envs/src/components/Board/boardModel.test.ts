import { asOverview, aSmallOverview, minutesBefore } from '../../__testUtils__';
import { BoardFilters, readFilters } from './boardFilters';
import { findCell, toBoard } from './boardModel';

const NONE: ReadonlySet<string> = new Set();
const ALL: BoardFilters = {
  mine: false,
  attention: false,
  states: [],
  search: '',
  sort: 'worst',
};

const shown = (
  filters: Partial<BoardFilters>,
  mine: ReadonlySet<string> = NONE,
) =>
  toBoard(
    asOverview(aSmallOverview()),
    { ...ALL, ...filters },
    mine,
  ).groups.flatMap(group => group.rows.map(({ row }) => row.component.name));

describe('toBoard', () => {
  it('groups by platform, with the environments of each in promotion order', () => {
    const { groups } = toBoard(asOverview(aSmallOverview()), ALL, NONE);
    expect(
      groups.map(g => [g.name, g.environments.map(e => e.shortName)]),
    ).toEqual([
      ['sample-platform-ai', ['dev', 'uat', 'prod']],
      ['cornjacket-platform', ['dev', 'prod']],
    ]);
  });

  it.each([
    ['worst', ['sample-backend', 'sample-frontend', 'cornjacket-ingestion']],
    ['platform', ['cornjacket-ingestion', 'sample-backend', 'sample-frontend']],
    ['name', ['cornjacket-ingestion', 'sample-backend', 'sample-frontend']],
    ['changed', ['sample-backend', 'sample-frontend', 'cornjacket-ingestion']],
  ] as const)('sorts by %s, platforms after their first row', (sort, names) => {
    expect(shown({ sort })).toEqual(names);
  });

  it.each([
    ['not-deployed', 'healthy', ['sample-frontend', 'sample-backend']],
    ['healthy', 'not-deployed', ['sample-backend', 'sample-frontend']],
    ['unknown', 'progressing', ['sample-frontend', 'sample-backend']],
  ] as const)(
    'puts a row that is %s beside one that is %s where people look for it',
    (backend, frontend, expected) => {
      const overview = asOverview(aSmallOverview());
      const rows = overview.rows.flatMap(row => {
        const state = {
          'sample-backend': backend,
          'sample-frontend': frontend,
        }[row.component.name];
        const cells = row.cells.map(cell => ({
          ...cell,
          state: state!,
        }));
        return state ? [{ ...row, cells, findings: [] }] : [];
      });
      const board = toBoard({ ...overview, rows }, ALL, NONE);
      expect(
        board.groups.flatMap(g => g.rows.map(({ row }) => row.component.name)),
      ).toEqual(expected);
    },
  );

  it('brings the platform that changed last to the top', () => {
    const overview = aSmallOverview();
    overview.rows[2].cells[0].since = minutesBefore(1);
    const { groups } = toBoard(
      asOverview(overview),
      { ...ALL, sort: 'changed' },
      NONE,
    );
    expect(groups.map(g => g.name)).toEqual([
      'cornjacket-platform',
      'sample-platform-ai',
    ]);
  });

  it('keeps the line of a row that did not change', () => {
    const overview = asOverview(aSmallOverview());
    const [before] = toBoard(overview, ALL, NONE).groups[0].rows;
    const next = { ...overview, rows: [...overview.rows] };
    const [after] = toBoard(next, { ...ALL, sort: 'name' }, NONE).groups[1]
      .rows;
    expect(after).toBe(before);
  });

  it.each([
    [
      { platform: 'system:default/cornjacket-platform' },
      ['cornjacket-ingestion'],
    ],
    [{ owner: 'group:default/cornjacket-platform' }, ['cornjacket-ingestion']],
    [{ search: 'BACK' }, ['sample-backend']],
    [{ search: '2.3.1' }, ['sample-frontend']],
    [{ search: 'sample degraded' }, ['sample-backend']],
    [{ search: 'nowhere' }, []],
    [{ attention: true }, ['sample-backend']],
    [{ mine: true }, []],
    [{ states: ['degraded'] }, ['sample-backend']],
    [{ states: ['missing', 'suspended'] }, []],
  ] as Array<[Partial<BoardFilters>, string[]]>)(
    'filters by %j',
    (filters, names) => {
      expect(shown(filters)).toEqual(names);
    },
  );

  it('knows what is mine whatever the case of a ref', () => {
    expect(
      shown({ mine: true }, new Set(['group:default/cornjacket-platform'])),
    ).toEqual(['cornjacket-ingestion']);
  });

  it('counts what needs attention before that filter hides the rest', () => {
    expect(toBoard(asOverview(aSmallOverview()), ALL, NONE).attention).toBe(1);
    expect(
      toBoard(
        asOverview(aSmallOverview()),
        { ...ALL, search: 'frontend' },
        NONE,
      ).attention,
    ).toBe(0);
  });

  it('counts a finding as something to look at', () => {
    const overview = aSmallOverview();
    overview.rows[0].findings = ['Overlay without application'];
    expect(toBoard(asOverview(overview), ALL, NONE).attention).toBe(2);
  });

  it('does not alarm about what nothing observes', () => {
    const overview = aSmallOverview();
    const cell = overview.rows[0].cells[0];
    cell.state = 'unknown';
    expect(toBoard(asOverview(overview), ALL, NONE).attention).toBe(2);
    cell.source = { state: 'absent' };
    expect(toBoard(asOverview(overview), ALL, NONE).attention).toBe(1);
  });

  it('leaves a gap where a service does not run', () => {
    const overview = aSmallOverview();
    overview.rows[0].cells.splice(1, 1);
    const { groups } = toBoard(asOverview(overview), ALL, NONE);
    const row = groups[0].rows.find(
      ({ row: r }) => r.component.name === 'sample-frontend',
    );
    expect(row?.cells.map(cell => Boolean(cell))).toEqual([true, false, true]);
  });
});

describe('readFilters', () => {
  it('survives whatever stands in the address', () => {
    expect(
      readFilters(new URLSearchParams('sort=bogus&mine=maybe&q=x')),
    ).toEqual({
      platform: undefined,
      owner: undefined,
      mine: false,
      attention: false,
      states: [],
      search: 'x',
      sort: 'worst',
    });
  });

  it('reads the states that there are, worst first', () => {
    const params = new URLSearchParams('state=healthy,bogus,degraded');
    expect(readFilters(params).states).toEqual(['degraded', 'healthy']);
  });
});

describe('refs in the address', () => {
  it.each([
    ['mobilytics', 'system:default/mobilytics'],
    ['system:default/mobilytics', 'system:default/mobilytics'],
    ['other/mobilytics', 'system:other/mobilytics'],
    ['::', '::'],
  ])('reads %s as %s', (platform, ref) => {
    const params = new URLSearchParams({ platform, owner: 'group:x/y' });
    expect(readFilters(params)).toMatchObject({
      platform: ref,
      owner: 'group:x/y',
    });
  });
});

describe('findCell', () => {
  it('finds a cell by its name in the address', () => {
    const key =
      'component:default/sample-backend@environment:default/sample-platform-ai-prod';
    expect(
      findCell(asOverview(aSmallOverview()), key)?.environment?.shortName,
    ).toBe('prod');
    expect(findCell(asOverview(aSmallOverview()), 'bogus')).toBeUndefined();
  });
});
