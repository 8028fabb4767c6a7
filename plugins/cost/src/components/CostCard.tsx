import { Card, CardBody, CardHeader } from '@backstage/ui';
import { ReactNode } from 'react';
import { QueryProvider } from './QueryProvider';
import styles from './CostCard.module.css';

/** The card that tells an entity's cost of the month so far. */
export const CostCard = (props: { children: ReactNode }) => (
  <QueryProvider>
    <Card>
      <CardHeader>
        <h2 className={styles.heading}>Cost this month</h2>
      </CardHeader>
      <CardBody>{props.children}</CardBody>
    </Card>
  </QueryProvider>
);
