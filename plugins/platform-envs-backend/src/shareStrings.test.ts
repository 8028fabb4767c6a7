import fc from 'fast-check';
import { shareStrings } from './shareStrings';

describe('shareStrings', () => {
  it('changes nothing that can be told apart', () => {
    const known = new Map<string, string>();
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(shareStrings(JSON.parse(text), known))).toBe(
          text,
        );
      }),
    );
  });

  it('knows each string once, whichever document it came in', () => {
    const known = new Map<string, string>();
    for (const name of ['a', 'b', 'c']) {
      shareStrings({ name, labels: { of: 'web' }, list: ['web'] }, known);
    }
    expect([...known.keys()]).toEqual(['a', 'web', 'b', 'c']);
  });

  it('leaves the prototype of what it looks into alone', () => {
    const hostile = JSON.parse('{"__proto__": {"isAdmin": "yes"}, "a": "b"}');
    expect(JSON.stringify(shareStrings(hostile, new Map()))).toBe(
      '{"__proto__":{"isAdmin":"yes"},"a":"b"}',
    );
    expect(({} as { isAdmin?: string }).isAdmin).toBeUndefined();
  });
});
