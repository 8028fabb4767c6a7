import { Alert, Button, Skeleton } from '@backstage/ui';
import {
  CostOverview,
  CostReading,
  EnvironmentCost,
  Money,
  sumMoney,
} from '@fairway/plugin-cost-common';
import { DateTime } from 'luxon';
import { lazy, Suspense } from 'react';
import { useCostOverview } from '../../api/useCost';
import { PlanBar } from '../CostBars';
import { CostFigure } from '../CostFigure';
import { EnvironmentCostTable } from './EnvironmentCostTable';
import styles from './CostPage.module.css';

// the charting library is the heaviest part of the page
const DailyCostChart = lazy(() =>
  import('./DailyCostChart').then(m => ({ default: m.DailyCostChart })),
);

/** Figures, chart and table; or why there are none. */
export const CostOverviewView = () => {
  const { data, error, isPending, refetch } = useCostOverview();
  if (isPending) return <CostSkeleton />;
  if (error) {
    return (
      <div className={styles.page}>
        <Alert
          status="danger"
          title="The cost could not be read"
          description={error.message}
          customActions={
            <Button size="small" variant="tertiary" onPress={() => refetch()}>
              Try again
            </Button>
          }
        />
      </div>
    );
  }
  const hasFigures = data.environments.some(env => env.cost.status === 'ok');
  return (
    <div className={styles.page}>
      <p className={styles.period}>
        {describePeriod(data)}
        {data.observedAt && (
          <time
            dateTime={data.observedAt}
            title={DateTime.fromISO(data.observedAt).toLocaleString(
              DateTime.DATETIME_FULL,
            )}
          >
            {' '}
            · bill read {DateTime.fromISO(data.observedAt).toRelative()}
          </time>
        )}
      </p>
      {data.message && (
        <Alert
          status={data.observedAt ? 'warning' : 'info'}
          title={
            data.observedAt
              ? 'The bill could not be read just now; these are the last figures'
              : 'There are no figures yet'
          }
          description={data.message}
        />
      )}
      <Figures overview={data} />
      {hasFigures && (
        <Suspense fallback={<Skeleton height={260} width="100%" />}>
          <DailyCostChart overview={data} />
        </Suspense>
      )}
      <EnvironmentCostTable overview={data} />
    </div>
  );
};

function Figures({ overview }: { overview: CostOverview }) {
  const plan = totalPlan(overview.environments);
  return (
    <dl className={styles.figures}>
      <Figure title="Month to date" reading={overview.total}>
        {plan && <PlanBar reading={overview.total} plan={plan} />}
      </Figure>
      <Figure title="Month before" reading={overview.previousMonthTotal} />
      <Figure title="Not allocated" reading={overview.unallocated}>
        <span className={styles.hint}>carries no environment tag</span>
      </Figure>
    </dl>
  );
}

function Figure(props: {
  title: string;
  reading: CostReading;
  children?: React.ReactNode;
}) {
  return (
    <div className={styles.figure}>
      <dt>{props.title}</dt>
      <dd>
        <CostFigure reading={props.reading} size="large" />
        <div>{props.children}</div>
      </dd>
    </div>
  );
}

function CostSkeleton() {
  return (
    <div className={styles.page} role="status" aria-label="Reading cost">
      <div className={styles.figures}>
        {[1, 2, 3].map(key => (
          <Skeleton key={key} height={96} width="100%" />
        ))}
      </div>
      <Skeleton height={260} width="100%" />
      <Skeleton height={320} width="100%" />
    </div>
  );
}

// environments without a plan leave the sum smaller; that is said in their row
function totalPlan(environments: EnvironmentCost[]): Money | undefined {
  const plans = environments.flatMap(env =>
    env.planPerMonth ? [env.planPerMonth] : [],
  );
  const [first] = plans;
  if (!first || plans.some(plan => plan.currency !== first.currency)) {
    return undefined;
  }
  return sumMoney(plans);
}

function describePeriod({ period }: CostOverview): string {
  const start = DateTime.fromISO(period.start, { zone: 'utc' });
  const last = DateTime.fromISO(period.end, { zone: 'utc' }).minus({ days: 1 });
  return `${start.toFormat('d')} to ${last.toFormat('d LLLL yyyy')} (UTC)`;
}
