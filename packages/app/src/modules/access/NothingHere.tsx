import { Content, Header, Link, Page } from '@backstage/core-components';
import { Text } from '@backstage/ui';
import { useLocation } from 'react-router-dom';

/** An address that leads nowhere, for this person at least. */
export const NothingHere = () => {
  const { pathname } = useLocation();
  return (
    <Page themeId="home">
      <Header title="Nothing here for you" />
      <Content>
        <Text as="p">
          Either there is no page <code>{pathname}</code>, or it is shown to
          members of a team only. What you may see comes with your groups in the
          catalog.
        </Text>
        <Text as="p">
          <Link to="/">Go home</Link>, or <Link to="/search">search</Link> for
          what you meant.
        </Text>
      </Content>
    </Page>
  );
};
