import fc from 'fast-check';
import { formatMoney, shareOf, subtractMoney, sumMoney } from './money';

const usd = (amount: string) => ({ amount, currency: 'USD' });

describe('money', () => {
  it('adds what floats would not', () => {
    expect(sumMoney([usd('0.1'), usd('0.2')])).toEqual(usd('0.3'));
  });

  it('adds any cents exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 })), cents => {
        const amounts = cents.map(c => usd((c / 100).toFixed(2)));
        const sum = cents.reduce((total, c) => total + c, 0);
        expect(Number(sumMoney(amounts, 'USD').amount)).toBeCloseTo(
          sum / 100,
          2,
        );
      }),
    );
  });

  it('refuses to mix currencies', () => {
    expect(() =>
      sumMoney([usd('1'), { amount: '1', currency: 'AUD' }]),
    ).toThrow('USD and AUD');
  });

  it('does not call the sum of nothing zero', () => {
    expect(() => sumMoney([])).toThrow('no currency');
  });

  it('subtracts and gives shares', () => {
    expect(subtractMoney(usd('10'), usd('2.5'))).toEqual(usd('7.5'));
    expect(shareOf(usd('5'), usd('20'))).toBe(0.25);
    expect(shareOf(usd('5'), usd('0'))).toBeUndefined();
  });

  it('shows cents only where they matter', () => {
    expect(formatMoney(usd('1240.4'), 'en-US')).toBe('$1,240');
    expect(formatMoney(usd('3.068'), 'en-US')).toBe('$3.07');
    expect(formatMoney(usd('0'), 'en-US')).toBe('$0.00');
  });

  it('does not round something to nothing', () => {
    expect(formatMoney(usd('0.0004'), 'en-US')).toBe('< $0.01');
  });
});
