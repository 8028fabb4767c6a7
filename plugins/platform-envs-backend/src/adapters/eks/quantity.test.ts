import { parseQuantity } from './quantity';

describe('parseQuantity', () => {
  it.each([
    ['0', 0],
    ['4', 4],
    ['250m', 0.25],
    ['1.5Gi', 1_610_612_736],
    ['.5', 0.5],
    ['128974848', 128_974_848],
    ['129e6', 129_000_000],
    ['1E3', 1000],
    ['123456789n', 0.123456789],
    ['64Mi', 67_108_864],
    ['2k', 2000],
  ])('reads %s', (text, value) => {
    expect(parseQuantity(text)).toBeCloseTo(value, 9);
  });

  it.each([undefined, '', 'lots', '5 GB', '1Xi', 'NaN', '1ee3', '--1'])(
    'takes %s for no quantity, not for zero',
    text => {
      expect(parseQuantity(text)).toBeUndefined();
    },
  );
});
