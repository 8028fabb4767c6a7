import { CountPhase, noteCount, recentPhases } from './countPhases';
import { countedHours } from './costs/hours';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

describe('counts over time', () => {
  it('keeps one phase for each change, and nothing where nothing changes', () => {
    const history: CountPhase[] = [];
    expect(noteCount(history, 0, 0)).toBe(false);
    expect(noteCount(history, HOUR_MS, 2)).toBe(true);
    expect(noteCount(history, 2 * HOUR_MS, 2)).toBe(false);
    expect(noteCount(history, 5 * HOUR_MS, 3)).toBe(true);
    expect(history).toEqual([
      { fromMs: HOUR_MS, running: true, count: 2 },
      { fromMs: 5 * HOUR_MS, running: true, count: 3 },
    ]);
    const hours = countedHours(history);
    expect(hours.usedBetween(0, HOUR_MS)).toBe(0);
    expect(hours.usedBetween(0, 6 * HOUR_MS)).toBe(4 * 2 + 3);
    expect(hours.hourlyUse).toBe(3);
  });

  it('adds up to the same hours, however often the count changed within one', () => {
    const history: CountPhase[] = [];
    let used = 0;
    let count = 0;
    // Three hours in which something starts and dies every minute.
    for (let minute = 0; minute < 180; minute += 1) {
      count = minute % 2 === 0 ? 1 + (minute % 3) : 0;
      noteCount(history, 10 * HOUR_MS + minute * MINUTE_MS, count);
      used += count / 60;
    }
    const hours = countedHours(history);
    expect(hours.usedBetween(10 * HOUR_MS, 13 * HOUR_MS)).toBeCloseTo(used, 9);
    const byHour = [10, 11, 12].map(hour =>
      hours.usedBetween(hour * HOUR_MS, (hour + 1) * HOUR_MS),
    );
    expect(byHour.reduce((sum, of) => sum + of, 0)).toBeCloseTo(used, 9);
    expect(byHour[1]).toBeCloseTo(1, 9);
    expect(history.length).toBeLessThan(10);
    expect(hours.hourlyUse).toBe(count);
  });

  it('forgets what is older than Cost Explorer looks back', () => {
    const history: CountPhase[] = [];
    noteCount(history, 0, 1);
    noteCount(history, HOUR_MS, 2);
    noteCount(history, 2 * HOUR_MS, 0);
    const years = 800 * 24 * HOUR_MS;
    expect(recentPhases(history, 3 * HOUR_MS)).toEqual(history);
    expect(recentPhases(history, years)).toEqual([]);
    noteCount(history, years, 5);
    expect(recentPhases(history, years)).toEqual([
      { fromMs: 2 * HOUR_MS, running: false, count: 0 },
      { fromMs: years, running: true, count: 5 },
    ]);
  });
});
