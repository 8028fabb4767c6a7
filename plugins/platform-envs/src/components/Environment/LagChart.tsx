import {
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { DateTime } from 'luxon';
import { formatLag, halfHours, withGaps } from '../../model/lag';
import styles from './Environment.module.css';

const HEIGHT = 180;

/** Lag over time in milliseconds from zero; missing minutes are gaps. */
export function LagChart(props: {
  series: Array<{ at: string; lagMs: number }>;
  label: string;
}) {
  const points = withGaps(props.series);
  const ticks = halfHours(points);
  const zone = DateTime.local().toFormat('ZZZZ');
  return (
    <figure className={styles.chart} aria-label={props.label}>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <LineChart
          data={points}
          margin={{ top: 8, right: 8, bottom: 0, left: 8 }}
        >
          <CartesianGrid vertical={false} stroke="var(--bui-border-1)" />
          <XAxis
            dataKey="time"
            type="number"
            scale="time"
            domain={['dataMin', 'dataMax']}
            tickFormatter={time => DateTime.fromMillis(time).toFormat('HH:mm')}
            ticks={ticks}
            minTickGap={32}
            stroke="var(--fairway-muted)"
            fontSize={12}
          />
          <YAxis
            domain={[0, 'auto']}
            width={56}
            tickFormatter={formatLag}
            stroke="var(--fairway-muted)"
            fontSize={12}
          />
          <Tooltip
            labelFormatter={time =>
              DateTime.fromMillis(Number(time)).toFormat('HH:mm ZZZZ')
            }
            formatter={value => [formatLag(Number(value)), 'lag']}
            contentStyle={{
              background: 'var(--bui-bg-neutral-1)',
              border: '1px solid var(--bui-border-1)',
              borderRadius: 4,
              color: 'var(--bui-fg-primary)',
              fontSize: 12,
            }}
            itemStyle={{ color: 'var(--bui-fg-primary)' }}
          />
          <Line
            dataKey="lagMs"
            type="linear"
            stroke="var(--fairway-line-1)"
            strokeWidth={1.5}
            dot={false}
            connectNulls={false}
            isAnimationActive={false}
          />
        </LineChart>
      </ResponsiveContainer>
      <figcaption className={styles.quiet}>
        AuroraGlobalDBReplicationLag, one point a minute, times in {zone}
      </figcaption>
    </figure>
  );
}
