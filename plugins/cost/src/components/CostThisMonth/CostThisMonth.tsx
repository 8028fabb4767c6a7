import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { Skeleton, Text } from '@backstage/ui';
import {
  CostOverview,
  CostReading,
  EnvironmentCost,
  sumMoney,
} from '@fairway/plugin-cost-common';
import { useCostOverview } from '../../api/useCost';
import { rootRouteRef } from '../../routes';
import { BillAge } from '../BillAge';
import { PlanBar } from '../CostBars';
import { CostFigure } from '../CostFigure';
import { QueryProvider } from '../QueryProvider';
import styles from './CostThisMonth.module.css';

/** Home widget: each system's month so far against its plan. */
export const CostThisMonth = () => (
  <QueryProvider>
    <Systems />
  </QueryProvider>
);

function Systems() {
  const page = useRouteRef(rootRouteRef);
  const { data, error, isPending } = useCostOverview();
  if (isPending) return <Skeleton height={120} width="100%" />;
  if (error) {
    return (
      <Text color="secondary">Cost could not be read: {error.message}</Text>
    );
  }
  return (
    <>
      <ul className={styles.list}>
        {groupBySystem(data).map(({ name, environments }) => {
          const reading = addUp(environments);
          const plans = environments.flatMap(env => env.planPerMonth ?? []);
          return (
            <li key={name}>
              <span className={styles.name}>{name}</span>
              <CostFigure reading={reading} />
              <PlanBar
                reading={reading}
                plan={plans.length ? sumMoney(plans) : undefined}
              />
            </li>
          );
        })}
      </ul>
      <BillAge {...data} />
      {page && <Link to={page()}>All environments</Link>}
    </>
  );
}

function groupBySystem({ environments }: CostOverview) {
  return [...new Set(environments.map(env => env.systemRef))].map(ref => ({
    name: ref.slice(ref.indexOf('/') + 1),
    environments: environments.filter(env => env.systemRef === ref),
  }));
}

// the sum of what is known; nothing known is not zero
function addUp(environments: EnvironmentCost[]): CostReading {
  const known = environments.flatMap(({ cost }) =>
    cost.status === 'ok' ? [cost] : [],
  );
  return known.length
    ? {
        status: 'ok',
        value: sumMoney(known.map(cost => cost.value)),
        observedAt: known[0].observedAt,
        estimated: known.some(cost => cost.estimated),
      }
    : environments[0].cost;
}
