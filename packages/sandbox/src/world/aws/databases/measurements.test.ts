import { Conditions } from '../Conditions';
import { globalLag } from './measurements';

const DAY_MINUTES = 1440;
const MINUTE_MS = 60_000;

describe('globalLag', () => {
  const ids = ['melbourne', 'sydney', 'ohio'];
  const extremes = (conditions: Conditions) => {
    const values = ids.flatMap(id => {
      const lag = globalLag(id, 'ap-southeast-2', conditions);
      return Array.from({ length: 7 * DAY_MINUTES }, (_, minute) =>
        lag(minute),
      );
    });
    return [
      values.reduce((a, b) => Math.min(a, b)),
      values.reduce((a, b) => Math.max(a, b)),
    ];
  };

  it('stays under a second at every minute of a week, and is never none', () => {
    const [least, most] = extremes(new Conditions({ now: () => new Date(0) }));
    expect(least).toBeGreaterThan(50);
    expect(most).toBeLessThan(1000);
  });

  it('is above two seconds at every minute of a spike, by day and by night', () => {
    let nowMs = -MINUTE_MS;
    const conditions = new Conditions({ now: () => new Date(nowMs) });
    conditions.start('lag-spike');
    nowMs = 0;
    const [least] = extremes(conditions);
    expect(least).toBeGreaterThan(2000);
  });
});
