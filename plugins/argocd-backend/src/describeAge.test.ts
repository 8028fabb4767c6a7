import { describeAge } from './describeAge';

it.each([
  ['2026-11-21T10:00:00Z', '0 s ago'],
  ['2026-11-21T10:00:05Z', '0 s ago'],
  ['2026-11-21T09:59:18Z', '42 s ago'],
  ['2026-11-21T09:01:00Z', '59 min ago'],
  ['2026-11-20T11:00:00Z', '23 h ago'],
  ['2026-11-01T10:00:00Z', '20 d ago'],
  [undefined, 'long ago'],
  ['yesterday', 'long ago'],
])('describes %s as %s', (at, age) => {
  expect(describeAge(at, new Date('2026-11-21T10:00:00Z'))).toBe(age);
});
