import { inSlices } from './inSlices';

describe('inSlices', () => {
  it('takes everything in order, and lets others have their turn meanwhile', async () => {
    let turns = 0;
    let isDone = false;
    const turn = () => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    const taken: number[] = [];
    await inSlices([1, 2, 3, 4], item => {
      const until = performance.now() + 9;
      while (performance.now() < until);
      taken.push(item);
    });
    isDone = true;
    expect(taken).toEqual([1, 2, 3, 4]);
    expect(turns).toBeGreaterThanOrEqual(3);
  });
});
