import { Rounds } from './Rounds';

function setUp() {
  const ends: Array<{ well: () => void; badly: (error: Error) => void }> = [];
  const rounds = new Rounds(
    () =>
      new Promise((resolve, reject) => {
        ends.push({ well: resolve, badly: reject });
      }),
  );
  return { rounds, ends };
}

/** Lets what was resolved go on. */
const settle = () => new Promise(resolve => setImmediate(resolve));

describe('Rounds', () => {
  it('runs one round more for all that asked during one', async () => {
    const { rounds, ends } = setUp();
    const done = jest.fn();
    const all = [rounds.run(), rounds.run(), rounds.run()];
    for (const each of all) each.then(done);
    expect(ends).toHaveLength(1);
    ends[0].well();
    await settle();
    expect(ends).toHaveLength(2);
    expect(done).not.toHaveBeenCalled();
    ends[1].well();
    await Promise.all(all);
    expect(ends).toHaveLength(2);
  });

  it('begins anew after a round that failed', async () => {
    const { rounds, ends } = setUp();
    const first = rounds.run();
    ends[0].badly(new Error('The database is away'));
    await expect(first).rejects.toThrow('The database is away');
    const second = rounds.run();
    expect(ends).toHaveLength(2);
    ends[1].well();
    await second;
  });

  it('waits for the present round when it is stopped, and begins no other after it', async () => {
    const { rounds, ends } = setUp();
    const running = [rounds.run(), rounds.run()];
    const stopped = jest.fn();
    const stop = rounds.stop().then(stopped);
    await settle();
    expect(stopped).not.toHaveBeenCalled();
    ends[0].well();
    await Promise.all([...running, stop]);
    expect(ends).toHaveLength(1);
  });
});
