import { stringifyEntityRef } from '@backstage/catalog-model';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Skeleton } from '@backstage/ui';
import { formatMoney } from '@fairway/plugin-cost-common';
import { useCostOverview } from '../../api/useCost';
import { rootRouteRef } from '../../routes';
import { BillAge } from '../BillAge';
import { PlanBar } from '../CostBars';
import { CostCard } from '../CostCard';
import { CostFigure } from '../CostFigure';
import styles from './EnvironmentCostCard.module.css';

/** The month so far of the environment at hand, against its plan. */
export const EnvironmentCostCard = () => (
  <CostCard>
    <Figures />
  </CostCard>
);

function Figures() {
  const { entity } = useEntity();
  const page = useRouteRef(rootRouteRef);
  const { data, error, isPending } = useCostOverview();
  if (isPending) return <Skeleton height={96} width="100%" />;
  if (error) {
    return <p className={styles.note}>Could not be read: {error.message}</p>;
  }
  const environment = data.environments.find(
    candidate => candidate.environmentRef === stringifyEntityRef(entity),
  );
  if (!environment) {
    return (
      <p className={styles.note}>
        The bill does not know this environment yet; it is read again within a
        few minutes.
      </p>
    );
  }
  return (
    <>
      <p className={styles.headline}>
        <CostFigure reading={environment.cost} size="large" />
        <PlanBar reading={environment.cost} plan={environment.planPerMonth} />
      </p>
      {environment.cost.status === 'unavailable' && (
        <p className={styles.note}>{environment.cost.reason}</p>
      )}
      <ul className={styles.list}>
        {environment.components.map(({ componentName, cost }) => (
          <li key={componentName ?? ''}>
            <span>{componentName ?? 'No component tag'}</span>
            <span className={styles.amount}>{formatMoney(cost)}</span>
          </li>
        ))}
      </ul>
      <BillAge {...data} />
      {page && <Link to={page()}>All environments</Link>}
    </>
  );
}
