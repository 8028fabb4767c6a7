import { Content, Header, Page, Progress } from '@backstage/core-components';
import { usePermission } from '@backstage/plugin-permission-react';
import { Text } from '@backstage/ui';
import { ReactNode } from 'react';

/** Running a template, as the policy of the backend names it. */
const CREATE = {
  type: 'basic',
  name: 'scaffolder.task.create',
  attributes: { action: 'create' },
} as const;

/** What may be created, for those who may; for others, who can. */
export const MayCreate = ({ children }: { children: ReactNode }) => {
  const { allowed, loading } = usePermission({ permission: CREATE });
  if (loading) return <Progress />;
  if (allowed) return <>{children}</>;
  return (
    <Page themeId="home">
      <Header title="Create" />
      <Content>
        <Text as="p">
          Members of a team can run templates; you belong to none ({CREATE.name}
          ). What you may do comes with your groups in the catalog.
        </Text>
      </Content>
    </Page>
  );
};
