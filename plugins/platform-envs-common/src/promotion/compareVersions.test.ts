import { compareVersions } from './compareVersions';

describe('compareVersions', () => {
  it.each([
    ['1.8.2', '1.8.10', -1],
    ['v2.0.0', '1.9.9', 1],
    ['1.10', '1.9', 1],
    ['1.0.0-rc.1', '1.0.0', -1],
    ['1.0.0-rc.2', '1.0.0-rc.10', -1],
    ['1.0.0-alpha', '1.0.0-alpha.1', -1],
    ['1.0.0-1', '1.0.0-alpha', -1],
    ['1.0.0+build1', '1.0.0+build2', 0],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b)!)).toBe(sign);
    expect(Math.sign(compareVersions(b, a)!)).toBe(sign === 0 ? 0 : -sign);
  });

  it.each(['latest', 'main-3f2a', '', '1', 'unreleased'])(
    'says nothing about %p',
    value => expect(compareVersions(value, '1.0.0')).toBeUndefined(),
  );
});
