import { Card, CardBody, CardHeader } from '@backstage/ui';
import { ReactNode } from 'react';
import { QueryProvider } from './QueryProvider';

/** The card that tells an entity's cost of the month so far. */
export const CostCard = (props: { children: ReactNode }) => (
  <QueryProvider>
    <Card>
      <CardHeader>Cost this month</CardHeader>
      <CardBody>{props.children}</CardBody>
    </Card>
  </QueryProvider>
);
