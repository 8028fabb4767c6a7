import { parseEntityRef } from '@backstage/catalog-model';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import {
  CostOverview,
  EnvironmentCost,
  formatMoney,
} from '@fairway/plugin-cost-common';
import { Fragment } from 'react';
import { PlanBar } from '../CostBars';
import { CostFigure } from '../CostFigure';
import styles from './CostPage.module.css';

/** How many components a row names before "and N more". */
const MOST_COMPONENTS = 3;

/** Environments by system in promotion order, then what none of them carries. */
export const EnvironmentCostTable = ({
  overview,
}: {
  overview: CostOverview;
}) => {
  const systems = [...new Set(overview.environments.map(env => env.systemRef))];
  if (!systems.length) {
    return (
      <p className={styles.hint}>
        The catalog has no environment yet. Environments are catalog entities of
        kind Environment.
      </p>
    );
  }
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <caption className={styles.caption}>Cost by environment</caption>
        <thead>
          <tr>
            <th scope="col">Environment</th>
            <th scope="col" className={styles.number}>
              Month to date
            </th>
            <th scope="col">Against plan</th>
            <th scope="col" className={styles.number}>
              Month before
            </th>
            <th scope="col">Dearest components</th>
          </tr>
        </thead>
        <tbody>
          {systems.map(systemRef => (
            <Fragment key={systemRef}>
              <tr className={styles.group}>
                <th scope="colgroup" colSpan={5}>
                  {parseEntityRef(systemRef).name}
                </th>
              </tr>
              {overview.environments
                .filter(env => env.systemRef === systemRef)
                .map(env => (
                  <EnvironmentRow key={env.environmentRef} environment={env} />
                ))}
            </Fragment>
          ))}
          <tr>
            <th scope="row">Not allocated</th>
            <td className={styles.number}>
              <CostFigure reading={overview.unallocated} />
            </td>
            <td colSpan={3} className={styles.hint}>
              untagged, or tagged with an environment that the catalog does not
              know
            </td>
          </tr>
          <tr className={styles.total}>
            <th scope="row">Total</th>
            <td className={styles.number}>
              <CostFigure reading={overview.total} />
            </td>
            <td />
            <td className={styles.number}>
              <CostFigure reading={overview.previousMonthTotal} />
            </td>
            <td />
          </tr>
        </tbody>
      </table>
    </div>
  );
};

function EnvironmentRow({ environment }: { environment: EnvironmentCost }) {
  return (
    <tr>
      <th scope="row">
        <EntityRefLink
          entityRef={environment.environmentRef}
          title={environment.shortName}
          hideIcon
        />
      </th>
      <td className={styles.number}>
        <CostFigure reading={environment.cost} />
      </td>
      <td>
        <PlanBar reading={environment.cost} plan={environment.planPerMonth} />
      </td>
      <td className={styles.number}>
        <CostFigure reading={environment.previousMonth} />
      </td>
      <td className={styles.hint}>{describeComponents(environment)}</td>
    </tr>
  );
}

function describeComponents({ components }: EnvironmentCost): string {
  const named = components
    .slice(0, MOST_COMPONENTS)
    .map(
      ({ componentName, cost }) =>
        `${componentName ?? 'no component tag'} ${formatMoney(cost)}`,
    );
  const more = components.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join(' · ');
}
