import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { DateTime } from 'luxon';
import {
  DeploymentMark,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import {
  formatFigure,
  LineLook,
  RequestFigure,
  RequestPoint,
  ticksOf,
  TimeSpan,
} from '../../model/requests';

const HEIGHT = 180;

/** Props of {@link RequestChart}. */
export interface RequestChartProps {
  figure: RequestFigure;
  points: RequestPoint[];
  span: TimeSpan;
  environments: EnvironmentSummary[];
  looks: Map<string, LineLook>;
  deployments: DeploymentMark[];
}

const clock = (time: number) => DateTime.fromMillis(time).toFormat('HH:mm');

/** Beside its mark, on the side where there is room. */
function labelSide(time: number, { from, to }: TimeSpan) {
  return time - from > 0.8 * (to - from) ? 'insideTopRight' : 'insideTopLeft';
}

/** A figure over time, one line for each environment from zero; what was not measured is a gap, and a deployment a mark. */
export function RequestChart(props: RequestChartProps) {
  const { figure, points, span, environments, looks, deployments } = props;
  const nameOf = (ref: string) =>
    environments.find(e => e.ref === ref)?.shortName ?? ref;
  return (
    <ResponsiveContainer width="100%" height={HEIGHT}>
      <LineChart
        data={points}
        syncId="fairway-requests"
        syncMethod="value"
        margin={{ top: 8, right: 12, bottom: 0, left: 0 }}
        accessibilityLayer
      >
        <CartesianGrid vertical={false} stroke="var(--bui-border-1)" />
        <XAxis
          dataKey="time"
          type="number"
          scale="time"
          domain={[span.from, span.to]}
          allowDataOverflow
          ticks={ticksOf(span)}
          tickFormatter={clock}
          minTickGap={28}
          stroke="var(--fairway-muted)"
          fontSize={12}
        />
        <YAxis
          domain={[0, 'auto']}
          width={60}
          tickFormatter={value => formatFigure(figure, value)}
          stroke="var(--fairway-muted)"
          fontSize={12}
        />
        <Tooltip
          labelFormatter={time =>
            DateTime.fromMillis(Number(time)).toFormat('HH:mm ZZZZ')
          }
          formatter={(value, ref) => [
            formatFigure(figure, Number(value)),
            nameOf(String(ref)),
          ]}
          contentStyle={{
            background: 'var(--bui-bg-neutral-1)',
            border: '1px solid var(--bui-border-1)',
            borderRadius: 4,
            color: 'var(--bui-fg-primary)',
            fontSize: 12,
          }}
          itemStyle={{ color: 'var(--bui-fg-primary)' }}
        />
        {deployments.map(({ environmentRef, at, version }) => (
          <ReferenceLine
            key={`${environmentRef} ${at}`}
            x={Date.parse(at)}
            stroke={looks.get(environmentRef)?.colour}
            strokeDasharray="3 3"
            label={{
              value: version ?? 'deployed',
              position: labelSide(Date.parse(at), span),
              fontSize: 11,
              fill: 'var(--fairway-muted)',
            }}
          />
        ))}
        {environments.map(({ ref }) => (
          <Line
            key={ref}
            dataKey={ref}
            name={ref}
            type="linear"
            stroke={looks.get(ref)?.colour}
            strokeDasharray={looks.get(ref)?.dash}
            strokeWidth={1.75}
            dot={false}
            connectNulls={false}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  );
}
