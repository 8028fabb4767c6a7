import { CostOverview } from '@fairway/plugin-cost-common';
import { DateTime } from 'luxon';
import {
  Bar,
  BarChart,
  CartesianGrid,
  Legend,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import styles from './CostPage.module.css';
import { environmentColours, inOrder } from './environmentColours';

/** Cost by UTC day, stacked by environment name over all systems. */
export const DailyCostChart = ({ overview }: { overview: CostOverview }) => {
  const names = namesOf(overview);
  const colours = environmentColours(names);
  const currency = firstCurrency(overview);
  const days = toDays(overview);
  const format = (value: number) =>
    new Intl.NumberFormat(undefined, {
      style: 'currency',
      currency,
      maximumFractionDigits: 0,
    }).format(value);
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.caption}>
        Cost by day (UTC), {currency}
      </figcaption>
      <ResponsiveContainer width="100%" height={240}>
        <BarChart data={days} accessibilityLayer>
          <CartesianGrid vertical={false} stroke="var(--bui-border-1)" />
          <XAxis
            dataKey="day"
            tickFormatter={day => DateTime.fromISO(day).toFormat('d LLL')}
            stroke="var(--bui-fg-secondary)"
            fontSize={12}
          />
          <YAxis
            tickFormatter={format}
            stroke="var(--bui-fg-secondary)"
            fontSize={12}
            width={64}
          />
          <Tooltip
            formatter={value => format(Number(value))}
            contentStyle={{
              background: 'var(--bui-bg-neutral-1)',
              border: '1px solid var(--bui-border-1)',
              color: 'var(--bui-fg-primary)',
            }}
            cursor={{ fill: 'var(--bui-bg-neutral-2)' }}
          />
          <Legend
            itemSorter={null}
            formatter={name => (
              <span className={styles.legendName}>{name}</span>
            )}
          />
          {names.map(name => (
            <Bar
              key={name}
              dataKey={name}
              stackId="environments"
              fill={colours.get(name)}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </figure>
  );
};

/** Those that cost something. */
function namesOf({ environments }: CostOverview): string[] {
  const costing = environments.filter(({ daily }) => daily.length > 0);
  return inOrder(costing.map(env => env.shortName));
}

// a day on which nothing was billed to an environment has no bar: a gap, not zero
function toDays({ environments }: CostOverview) {
  const days = new Map<string, Record<string, number | string>>();
  for (const { shortName, daily } of environments) {
    for (const { day, amount } of daily) {
      const entry = days.get(day) ?? { day };
      entry[shortName] = Number(entry[shortName] ?? 0) + Number(amount);
      days.set(day, entry);
    }
  }
  return [...days.values()].sort((a, b) =>
    String(a.day).localeCompare(String(b.day)),
  );
}

function firstCurrency(overview: CostOverview): string {
  return overview.total.status === 'ok' ? overview.total.value.currency : 'USD';
}
