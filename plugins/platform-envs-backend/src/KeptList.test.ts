import fc from 'fast-check';
import { KeptList } from './KeptList';

describe('KeptList', () => {
  it('has the values of the map whatever is done to it, and leaves former arrays alone', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.oneof(
      fc.record({ does: fc.constant('set'), key, value: fc.nat(9) }),
      fc.record({ does: fc.constant('delete'), key }),
      fc.record({ does: fc.constant('look') }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), steps => {
        const map = new Map<string, number>();
        const list = new KeptList<number>();
        const looks: Array<{ got: number[]; were: number[] }> = [];
        const look = () => {
          const got = list.get(
            () => [...map.keys()],
            one => map.get(one)!,
          );
          looks.push({ got, were: [...map.values()] });
        };
        for (const one of steps) {
          if (one.does === 'set') {
            const { key: at, value } = one as { key: string; value: number };
            if (map.has(at)) list.renew(at);
            else list.reorder();
            map.set(at, value);
          } else if (one.does === 'delete') {
            if (map.delete((one as { key: string }).key)) list.reorder();
          } else {
            look();
          }
        }
        look();
        for (const { got, were } of looks) expect(got).toEqual(were);
      }),
    );
  });

  it('gives the same array as long as nothing changed', () => {
    const map = new Map([['a', 1]]);
    const list = new KeptList<number>();
    const get = () =>
      list.get(
        () => [...map.keys()],
        key => map.get(key)!,
      );
    const first = get();
    expect(get()).toBe(first);
    list.renew('a');
    expect(get()).not.toBe(first);
  });
});
