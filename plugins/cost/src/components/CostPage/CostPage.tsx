import { Container } from '@backstage/ui';
import { QueryProvider } from '../QueryProvider';
import { CostOverviewView } from './CostOverviewView';

/** The month so far, by environment. */
export const CostPage = () => (
  <QueryProvider>
    <Container>
      <CostOverviewView />
    </Container>
  </QueryProvider>
);
