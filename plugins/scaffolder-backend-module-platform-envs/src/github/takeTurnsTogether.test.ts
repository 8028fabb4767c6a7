import { takeTurnsTogether, Waiting } from './takeTurnsTogether';

describe('takeTurnsTogether', () => {
  /** Turns that end when they are told to; what was served together in each. */
  function turns() {
    const served: string[][] = [];
    const ends: Array<() => void> = [];
    const ask = (
      request: string,
      {
        thing = 'branch',
        signal,
      }: { thing?: string; signal?: AbortSignal } = {},
    ) =>
      takeTurnsTogether<string, string>({
        thing,
        request,
        signal,
        fits: (one, others) => others.every(other => other[0] !== one[0]),
        serve: async (waiting: Array<Waiting<string, string>>) => {
          served.push(waiting.map(one => one.request));
          await new Promise<void>(resolve => ends.push(resolve));
          for (const one of waiting) {
            if (one.request.endsWith('!')) one.reject(new Error(one.request));
            else one.resolve(one.request.toUpperCase());
          }
        },
      });
    const end = async () => {
      while (ends.length === 0) await new Promise(setImmediate);
      ends.shift()!();
    };
    return { served, ask, end };
  }

  it('serves the first at once, and who asks meanwhile together', async () => {
    const { served, ask, end } = turns();
    const first = ask('a');
    await new Promise(setImmediate);
    const others = Promise.all([ask('b'), ask('c')]);
    expect(served).toEqual([['a']]);
    await end();
    await expect(first).resolves.toBe('A');
    await end();
    await expect(others).resolves.toEqual(['B', 'C']);
    expect(served).toEqual([['a'], ['b', 'c']]);
  });

  it('has one that does not fit go with the next turn, and passes nobody over', async () => {
    const { served, ask, end } = turns();
    const all = Promise.all(
      ['a1', 'a2', 'b1', 'a3', 'b2'].map(one => ask(one)),
    );
    await end();
    await end();
    await end();
    await all;
    expect(served).toEqual([['a1', 'b1'], ['a2', 'b2'], ['a3']]);
  });

  it('refuses one without the others, and all when the turn itself fails', async () => {
    const { ask, end } = turns();
    const answers = Promise.allSettled([ask('a'), ask('b!'), ask('c')]);
    await end();
    expect((await answers).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    await expect(
      takeTurnsTogether({
        thing: 'branch',
        request: 'x',
        fits: () => true,
        serve: async () => {
          throw new Error('unreachable');
        },
      }),
    ).rejects.toThrow('unreachable');
  });

  it('lets go at once whoever is aborted, waiting or served', async () => {
    const { served, ask, end } = turns();
    const one = new AbortController();
    const other = new AbortController();
    const first = ask('a', { signal: one.signal });
    await new Promise(setImmediate);
    const second = ask('b', { signal: other.signal });
    const third = ask('c');
    other.abort();
    await expect(second).rejects.toThrow('aborted');
    one.abort();
    await expect(first).rejects.toThrow('aborted');
    await end();
    await end();
    await expect(third).resolves.toBe('C');
    expect(served).toEqual([['a'], ['c']]);
    await expect(ask('d', { signal: one.signal })).rejects.toThrow('aborted');
  });

  it('does not have one thing wait for another', async () => {
    const { served, ask, end } = turns();
    const both = Promise.all([ask('a'), ask('b', { thing: 'other' })]);
    while (served.length < 2) await new Promise(setImmediate);
    await end();
    await end();
    await expect(both).resolves.toEqual(['A', 'B']);
  });
});
