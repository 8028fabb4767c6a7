import { assertComponentName } from './componentName';

describe('assertComponentName', () => {
  it.each(['abc', 'order-intake', 'a1b', `a${'b'.repeat(39)}`])(
    'accepts %s',
    name => expect(() => assertComponentName(name)).not.toThrow(),
  );

  it.each([
    '../../x',
    '..',
    '/etc/passwd',
    '%2e%2e%2fx',
    '..\\x',
    'a\0b',
    'a/b',
    'a b',
    'abc\n',
  ])('F27 refuses a name that is a path: %j', name => {
    expect(() => assertComponentName(name)).toThrow(
      /cannot be the name of a component/,
    );
  });

  it.each(['${{ secrets.x }}', '{{7*7}}', '$(id)', '`id`', 'a;b', "a'b"])(
    'F28 refuses a name that is code: %j',
    name => {
      expect(() => assertComponentName(name)).toThrow(
        /cannot be the name of a component/,
      );
    },
  );

  it.each([
    'x'.repeat(1024 * 1024),
    'ab',
    'Abc',
    '1abc',
    'abc-',
    'a--b',
    'аbc',
    'abc\u202e',
    'caf\u00e9',
    '🚢ship',
    '',
  ])('F29 refuses other scripts, directions and sizes', name => {
    expect(() => assertComponentName(name)).toThrow(
      /cannot be the name of a component/,
    );
  });

  it('F29 shows a hostile name short and without control characters', () => {
    let message = '';
    try {
      assertComponentName(`\u001b[31m${'x'.repeat(100_000)}`);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.length).toBeLessThan(300);
    expect(message).not.toContain('\u001b');
  });
});
