import { Content, Header, Page } from '@backstage/core-components';
import {
  configApiRef,
  identityApiRef,
  useApi,
} from '@backstage/frontend-plugin-api';
import type { HomePageLayoutProps } from '@backstage/plugin-home-react/alpha';
import { HomePageSearchBar } from '@backstage/plugin-search';
import useAsync from 'react-use/esm/useAsync';
import styles from './HomeLayout.module.css';

/**
 * What stands where, by widget name. A widget whose plugin is not installed
 * is absent; one that is not named here comes last.
 */
const WIDE = ['WaitingForMe', 'MyServices'];
const NARROW = ['Environments', 'CostThisMonth', 'QuickStarts'];

/** What waits for me, my services, then the rest side by side. */
export const HomeLayout = ({ widgets }: HomePageLayoutProps) => {
  const config = useApi(configApiRef);
  const identity = useApi(identityApiRef);
  const { value: profile } = useAsync(
    () => identity.getProfileInfo(),
    [identity],
  );
  const named = (names: string[]) =>
    names.flatMap(name => widgets.filter(widget => widget.name === name));
  const others = widgets.filter(
    widget => ![...WIDE, ...NARROW].includes(widget.name ?? ''),
  );

  return (
    <Page themeId="home">
      <Header
        title={profile?.displayName ? `Hello, ${profile.displayName}` : 'Home'}
        pageTitleOverride="Home"
        subtitle={config.getOptionalString('organization.name')}
      />
      <Content>
        <div className={styles.layout}>
          <div className={styles.search}>
            <HomePageSearchBar
              placeholder="Search services, environments, docs"
              InputProps={{ disableUnderline: true }}
            />
          </div>
          {named(WIDE).map(widget => (
            <section key={widget.node.spec.id} className={styles.wide}>
              {widget.component}
            </section>
          ))}
          {[...named(NARROW), ...others].map(widget => (
            <section key={widget.node.spec.id} className={styles.narrow}>
              {widget.component}
            </section>
          ))}
        </div>
      </Content>
    </Page>
  );
};
