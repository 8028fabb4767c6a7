import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { EntityRefLink, useEntity } from '@backstage/plugin-catalog-react';
import { Skeleton } from '@backstage/ui';
import { useComponentCost } from '../../api/useCost';
import { rootRouteRef } from '../../routes';
import { BillAge } from '../BillAge';
import { CostCard } from '../CostCard';
import { CostFigure } from '../CostFigure';
import styles from './ComponentCostCard.module.css';

/** The month so far of the component at hand, by environment. */
export const ComponentCostCard = () => (
  <CostCard>
    <Figures />
  </CostCard>
);

function Figures() {
  const { entity } = useEntity();
  const page = useRouteRef(rootRouteRef);
  const { data, error, isPending } = useComponentCost({
    namespace: entity.metadata.namespace ?? 'default',
    kind: entity.kind,
    name: entity.metadata.name,
  });
  if (isPending) return <Skeleton height={96} width="100%" />;
  if (error) {
    return <p className={styles.note}>Could not be read: {error.message}</p>;
  }
  return (
    <>
      <table className={styles.table}>
        <tbody>
          {data.environments.map(environment => (
            <tr key={environment.environmentRef}>
              <th scope="row">
                <EntityRefLink
                  entityRef={environment.environmentRef}
                  title={environment.shortName}
                  hideIcon
                />
              </th>
              <td>
                <CostFigure reading={environment.cost} />
              </td>
            </tr>
          ))}
          {data.shared && (
            <tr>
              <th scope="row">
                shared <span className={styles.note}>such as images</span>
              </th>
              <td>
                <CostFigure reading={data.shared} />
              </td>
            </tr>
          )}
          <tr className={styles.total}>
            <th scope="row">Total</th>
            <td>
              <CostFigure reading={data.total} />
            </td>
          </tr>
        </tbody>
      </table>
      {data.total.status === 'unavailable' && (
        <p className={styles.note}>{data.total.reason}</p>
      )}
      <BillAge {...data} />
      {page && <Link to={page()}>All environments</Link>}
    </>
  );
}
