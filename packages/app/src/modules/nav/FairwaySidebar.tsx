import {
  Link,
  Sidebar,
  SidebarDivider,
  SidebarGroup,
  SidebarItem,
  SidebarScrollWrapper,
  SidebarSpace,
  sidebarConfig,
  useSidebarOpenState,
} from '@backstage/core-components';
import {
  configApiRef,
  type IconElement,
  identityApiRef,
  useApi,
} from '@backstage/frontend-plugin-api';
import type { NavContentComponentProps } from '@backstage/plugin-app-react';
import { NotificationsSidebarItem } from '@backstage/plugin-notifications';
import { SidebarSearchModal } from '@backstage/plugin-search';
import { UserSettingsSignInAvatar } from '@backstage/plugin-user-settings';
import { RiFlaskLine, RiMenuLine, RiSearchLine } from '@remixicon/react';
import { useEffect, useState } from 'react';
import useAsync from 'react-use/esm/useAsync';
import { LogoFull, LogoMark } from './Logo';

const SidebarLogo = () => {
  const { isOpen } = useSidebarOpenState();
  return (
    <div
      style={{
        height: 72,
        display: 'flex',
        alignItems: 'center',
        paddingLeft: (sidebarConfig.drawerWidthClosed - 28) / 2,
      }}
    >
      <Link to="/" underline="none" aria-label="Fairway, home">
        {isOpen ? <LogoFull /> : <LogoMark />}
      </Link>
    </div>
  );
};

/**
 * The bell puts back the title that the browser's tab had when it was first rendered.
 * Rendered with the rest of a page, that is the one of the page before its own is set.
 */
const Notifications = () => {
  const [isMounted, setIsMounted] = useState(false);
  useEffect(() => setIsMounted(true), []);
  return isMounted ? <NotificationsSidebarItem /> : null;
};

/** Says on every page that nothing here is real. */
const SandboxBadge = () => {
  const config = useApi(configApiRef);
  const { isOpen } = useSidebarOpenState();
  if (!config.getOptionalBoolean('fairway.sandbox')) return null;
  return (
    <div
      role="note"
      title="This portal runs on the sandbox: nothing here is real"
      style={{
        display: 'flex',
        alignItems: 'center',
        gap: 8,
        margin: 12,
        padding: '6px 8px',
        justifyContent: 'center',
        borderRadius: 6,
        fontSize: 12,
        fontWeight: 600,
        color: '#10292b',
        background: '#f4c95d',
      }}
    >
      <RiFlaskLine size={16} aria-hidden />
      {isOpen ? 'Sandbox' : <span className="sr-only">Sandbox</span>}
    </div>
  );
};

/** Leads to the graph around the teams of whoever is signed in: without roots it is empty. */
const GraphItem = (props: { title: string; icon: IconElement }) => {
  const identity = useApi(identityApiRef);
  const { value } = useAsync(() => identity.getBackstageIdentity(), [identity]);
  const groups = value?.ownershipEntityRefs.filter(ref =>
    ref.startsWith('group:'),
  );
  const roots = groups?.length ? groups : value?.ownershipEntityRefs ?? [];
  const query = new URLSearchParams([
    ...roots.map(ref => ['rootEntityRefs[]', ref]),
    // what a team runs, without every resource beneath it
    ...['group', 'user', 'system', 'environment', 'component'].map(kind => [
      'selectedKinds[]',
      kind,
    ]),
    ['maxDepth', '1'],
  ]);
  return (
    <SidebarItem
      icon={() => props.icon}
      to={`/catalog-graph?${query}`}
      text={props.title}
    />
  );
};

/**
 * Ordered by what people come for: what runs, what waits for a decision, what
 * can be made; then what there is to know.
 */
export const FairwaySidebar = ({ navItems }: NavContentComponentProps) => {
  const nav = navItems.withComponent(item => (
    <SidebarItem icon={() => item.icon} to={item.href} text={item.title} />
  ));

  // taken from the items themselves: the link carries where to start
  const graph = navItems.take('page:catalog-graph');

  // the search dialog and the bell below stand for these
  nav.take('page:search');
  nav.take('page:notifications');

  return (
    <Sidebar>
      <SidebarLogo />
      <SidebarGroup label="Search" icon={<RiSearchLine />} to="/search">
        <SidebarSearchModal />
      </SidebarGroup>
      <SidebarDivider />
      <SidebarGroup label="Menu" icon={<RiMenuLine />}>
        {nav.take('page:home')}
        {nav.take('page:platform-envs')}
        {nav.take('page:platform-envs/promotions')}
        {nav.take('page:scaffolder')}
        <SidebarDivider />
        <SidebarScrollWrapper>
          {nav.take('page:catalog')}
          {nav.take('page:api-docs')}
          {nav.take('page:techdocs')}
          {graph && <GraphItem title={graph.title} icon={graph.icon} />}
          {nav.take('page:cost')}
          {nav.rest({ sortBy: 'title' })}
        </SidebarScrollWrapper>
      </SidebarGroup>
      <SidebarSpace />
      <SandboxBadge />
      <SidebarDivider />
      <Notifications />
      <SidebarGroup
        label="Settings"
        icon={<UserSettingsSignInAvatar />}
        to="/settings"
      >
        {nav.take('page:user-settings')}
      </SidebarGroup>
    </Sidebar>
  );
};
