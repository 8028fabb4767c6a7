import '@backstage/cli/asset-types';
// eslint-disable-next-line @backstage/no-ui-css-imports-in-non-frontend -- here the plugin is its own app
import '@backstage/ui/css/styles.css';
import { useEffect } from 'react';
import ReactDOM from 'react-dom/client';
import { useParams } from 'react-router-dom';
import { createApp } from '@backstage/frontend-defaults';
import {
  ApiBlueprint,
  createFrontendModule,
  createFrontendPlugin,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { platformEnvsApiRef } from '../src/api';
import { DeliveryTab } from '../src/components/Delivery';
import {
  FindingsCard,
  PassportCard,
  ReplicationCard,
  RunsHereCard,
} from '../src/components/Environment';
import {
  EnvironmentsWidget,
  MyServicesWidget,
  WaitingForMeWidget,
} from '../src/components/Home';
import platformEnvsPlugin from '../src';
import { fakeApi } from './fakeApi';

function EntityPage() {
  const { kind = '', name = '', '*': tab = '' } = useParams();
  const entity = {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: { namespace: 'default', name },
  };
  return (
    <EntityProvider entity={entity}>
      <div style={{ padding: 24, display: 'grid', gap: 16 }}>
        {kind === 'environment' ? (
          <>
            <PassportCard />
            <RunsHereCard />
            <ReplicationCard />
            <FindingsCard />
          </>
        ) : (
          <DeliveryTab key={tab} />
        )}
      </div>
    </EntityProvider>
  );
}

const catalog = createFrontendPlugin({
  pluginId: 'catalog',
  routes: { catalogEntity: entityRouteRef },
  extensions: [
    PageBlueprint.make({
      params: {
        path: '/catalog/:namespace/:kind/:name',
        routeRef: entityRouteRef,
        loader: async () => <EntityPage />,
      },
    }),
    PageBlueprint.make({
      name: 'home',
      params: {
        path: '/home',
        title: 'Home',
        loader: async () => (
          <div style={{ padding: 24, display: 'grid', gap: 24 }}>
            <WaitingForMeWidget />
            <MyServicesWidget />
            <EnvironmentsWidget />
          </div>
        ),
      },
    }),
  ],
});

const fakeBackend = createFrontendModule({
  pluginId: 'platform-envs',
  extensions: [
    ApiBlueprint.make({
      name: 'client',
      params: defineParams =>
        defineParams({
          api: platformEnvsApiRef,
          deps: {},
          factory: () => fakeApi,
        }),
    }),
  ],
});

const signedIn = createFrontendModule({
  pluginId: 'app',
  extensions: [
    SignInPageBlueprint.make({
      params: {
        loader: async () => props => {
          useEffect(() => {
            props.onSignInSuccess({
              getProfileInfo: async () => ({}),
              getCredentials: async () => ({}),
              signOut: async () => {},
              getBackstageIdentity: async () => ({
                type: 'user',
                userEntityRef: 'user:default/sample-platform-lead',
                ownershipEntityRefs: [
                  'user:default/sample-platform-lead',
                  'group:default/sample-platform-ai',
                  'group:default/sample-platform-ai-leads',
                ],
              }),
            });
          }, [props]);
          return null;
        },
      },
    }),
  ],
});

const app = createApp({
  features: [platformEnvsPlugin, catalog, fakeBackend, signedIn],
});

ReactDOM.createRoot(document.getElementById('root')!).render(app.createRoot());
