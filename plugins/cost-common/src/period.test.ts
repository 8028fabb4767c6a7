import { addDays, monthToDate, previousMonth } from './period';

describe('periods', () => {
  it('ends the month to date after today', () => {
    expect(monthToDate(new Date('2026-03-15T23:59:00Z'))).toEqual({
      start: '2026-03-01',
      end: '2026-03-16',
    });
  });

  it('knows the month before, over a new year and in leap years', () => {
    expect(previousMonth(new Date('2026-01-31T12:00:00Z'))).toEqual({
      start: '2025-12-01',
      end: '2026-01-01',
    });
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
  });
});
