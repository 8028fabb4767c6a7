import { parse } from 'yaml';
import { includeComponent } from './includeComponent';

const include = (text: string) =>
  includeComponent(text, 'database', 'kustomization.yaml');

describe('includeComponent', () => {
  it('adds the list at the end where there is none', () => {
    expect(include('# ours\nnamespace: dev\n')).toBe(
      '# ours\nnamespace: dev\ncomponents:\n  - database\n',
    );
  });

  it.each([
    ['block', 'components:\n- cache # why\nnamespace: dev\n'],
    ['indented block', 'components:\n    - cache\n    - "mail"\n# end\n'],
    ['flow', 'components: [cache]\nnamespace: dev\n'],
    ['no end of line', 'components:\n  - cache'],
    ['no list and no end of line', 'namespace: dev'],
    ['CRLF', 'components:\r\n  - cache\r\nnamespace: dev\r\n'],
  ])('F23 keeps every other byte of a list in %s form', (_, text) => {
    const after = include(text);
    expect(parse(after).components).toEqual([
      ...(parse(text).components ?? []),
      'database',
    ]);
    const added = after.length - text.length;
    const at = [...after].findIndex((char, index) => char !== text[index]);
    const place = at < 0 ? text.length : at;
    expect([
      `${after.slice(0, place)}${after.slice(place + added)}`,
      after.includes('\r\n'),
    ]).toEqual([text, text.includes('\r\n')]);
  });

  it('changes nothing the second time', () => {
    const once = include('namespace: dev\n');
    expect(include(once)).toBe(once);
    expect(include('components: [database/]\n')).toBe(
      'components: [database/]\n',
    );
  });

  it.each([
    ['components: database\n', 'not as a list'],
    ['components: []\n', 'not as a list'],
    ['- a\n', 'no keys'],
    ['a: [\n', 'no YAML that can be read'],
  ])('F26 refuses %j, naming the file', (text, says) => {
    expect(() => include(text)).toThrow(says);
    expect(() => include(text)).toThrow('kustomization.yaml');
  });
});
