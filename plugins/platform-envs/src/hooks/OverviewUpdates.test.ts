import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { Overview } from '@fairway/plugin-platform-envs-common';
import { aFakeApi, asOverview, aSmallOverview } from '../__testUtils__';
import { mergeRows, OverviewUpdates } from './OverviewUpdates';
import { queryKeys } from './queryKeys';

const BACKEND = 'component:default/sample-backend';

describe('OverviewUpdates', () => {
  const settle = () => jest.advanceTimersByTimeAsync(300);

  async function aBoardOnScreen() {
    const api = aFakeApi(aSmallOverview());
    const queryClient = new QueryClient();
    const observer = new QueryObserver<Overview>(queryClient, {
      queryKey: queryKeys.overview,
      queryFn: () => api.getOverview({ limit: 'all' }),
    });
    const stop = observer.subscribe(() => {});
    await settle();
    const updates = new OverviewUpdates(api, queryClient);
    const shown = () => queryClient.getQueryData<Overview>(queryKeys.overview)!;
    const asked = () => api.calls.slice(1).map(call => call.input);
    return { api, updates, shown, asked, stop };
  }

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('asks for the rows that changed, and leaves the others as they are', async () => {
    const { api, updates, shown, asked, stop } = await aBoardOnScreen();
    const before = shown();
    api.answers.overview.revision = '2';
    api.answers.overview.rows[1].cells[2].state = 'healthy';
    updates.onChange([BACKEND]);
    await settle();
    expect(asked()).toEqual([{ component: [BACKEND], limit: 'all' }]);
    expect(shown().revision).toBe('2');
    expect(shown().rows[1].cells[2].state).toBe('healthy');
    expect(shown().rows[0]).toBe(before.rows[0]);
    stop();
  });

  it('asks once for a burst, after the first of it', async () => {
    const { updates, asked, stop } = await aBoardOnScreen();
    updates.onChange([BACKEND]);
    await jest.advanceTimersByTimeAsync(0);
    updates.onChange(['component:default/sample-frontend']);
    updates.onChange([BACKEND]);
    await settle();
    expect(asked()).toEqual([
      { component: [BACKEND], limit: 'all' },
      {
        component: ['component:default/sample-frontend', BACKEND],
        limit: 'all',
      },
    ]);
    stop();
  });

  it('asks for everything when nobody says what changed', async () => {
    const { updates, asked, stop } = await aBoardOnScreen();
    updates.onChange([BACKEND]);
    updates.onChange(undefined);
    await settle();
    expect(asked()).toEqual([{ limit: 'all' }]);
    stop();
  });

  it('asks for everything when the rows cannot be had', async () => {
    const { api, updates, asked, stop } = await aBoardOnScreen();
    const works = api.getOverview.bind(api);
    api.getOverview = async query => {
      const answer = await works(query);
      if (query?.component) throw new Error('too old for that');
      return answer;
    };
    updates.onChange([BACKEND]);
    await settle();
    expect(asked()).toEqual([
      { component: [BACKEND], limit: 'all' },
      { limit: 'all' },
    ]);
    stop();
  });
});

describe('mergeRows', () => {
  it('takes away what is gone and adds what is new', () => {
    const known = asOverview(aSmallOverview());
    const [frontend, backend] = known.rows;
    const next = { ...frontend, component: { ...frontend.component } };
    next.component.ref = 'component:default/new';
    const merged = mergeRows(known, { ...known, rows: [next] }, [
      backend.component.ref,
      next.component.ref,
    ]);
    expect(merged.rows.map(row => row.component.ref)).toEqual([
      'component:default/sample-frontend',
      'component:default/cornjacket-ingestion',
      'component:default/new',
    ]);
  });
});
