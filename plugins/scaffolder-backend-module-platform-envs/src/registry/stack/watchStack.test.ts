import { untilNextLook } from './watchStack';

describe('untilNextLook', () => {
  /** When looks come, in ms, until something that takes so long is seen to be done. */
  function looks(tookMs: number, expectedMs?: number): number[] {
    const at: number[] = [];
    for (let waited = 0; waited < tookMs; ) {
      waited += untilNextLook(waited, expectedMs);
      at.push(Math.round(waited));
    }
    return at;
  }

  it('comes the later, the longer it takes, where nothing is known', () => {
    expect(looks(1_400)).toEqual([200, 400, 600, 800, 1000, 1200, 1440]);
  });

  it('comes when the last one of the kind was done, with fewer before', () => {
    expect(looks(1_400, 1_400)).toEqual([400, 800, 1200, 1400]);
  });

  it('comes close together from then on', () => {
    expect(looks(1_500, 1_400)).toEqual([400, 800, 1200, 1400, 1470, 1544]);
  });

  it('is not late for one that is done long before it was expected', () => {
    expect(looks(1_400, 60_000).at(-1)).toBe(1800);
  });
});
