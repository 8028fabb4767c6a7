import { Decimal } from 'decimal.js';
import { Money } from './api';

/**
 * Adds amounts exactly. All must be of one currency.
 *
 * @throws Error - the amounts are of different currencies, or there is none
 *   and no currency was named.
 * @public
 */
export function sumMoney(amounts: Money[], currency?: string): Money {
  const unit = currency ?? amounts[0]?.currency;
  if (!unit) throw new Error('The sum of no amounts has no currency');
  const other = amounts.find(money => money.currency !== unit);
  if (other) {
    throw new Error(
      `Amounts in ${unit} and ${other.currency} cannot be added up`,
    );
  }
  return {
    amount: amounts
      .reduce((sum, money) => sum.plus(money.amount), new Decimal(0))
      .toFixed(),
    currency: unit,
  };
}

/** `a` less `b`, exactly. @throws Error - different currencies. @public */
export function subtractMoney(a: Money, b: Money): Money {
  return sumMoney([
    a,
    { amount: new Decimal(b.amount).neg().toFixed(), currency: b.currency },
  ]);
}

/** Share of a whole, 0 to 1 and beyond; undefined when the whole is nothing. @public */
export function shareOf(part: Money, whole: Money): number | undefined {
  if (part.currency !== whole.currency) return undefined;
  const total = new Decimal(whole.amount);
  return total.isZero()
    ? undefined
    : new Decimal(part.amount).div(total).toNumber();
}

const LEAST_SHOWN = 0.01;

/**
 * An amount as people read it, e.g. `$1,240`; below ten `$3.07`; and what would
 * round to nothing though it is something, `< $0.01`.
 *
 * @public
 */
export function formatMoney(money: Money, locale?: string): string {
  const value = new Decimal(money.amount);
  const digits = value.abs().lt(10) ? 2 : 0;
  const format = (amount: number) =>
    new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: money.currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(amount);
  return value.gt(0) && value.lt(LEAST_SHOWN)
    ? `< ${format(LEAST_SHOWN)}`
    : format(value.toNumber());
}
