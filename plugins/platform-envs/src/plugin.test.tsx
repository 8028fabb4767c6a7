import { screen } from '@testing-library/react';
import { renderTestApp } from '@backstage/frontend-test-utils';
import {
  ApiBlueprint,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import { aFakeApi, aSmallOverview } from './__testUtils__';
import { platformEnvsApiRef } from './api';
import platformEnvsPlugin from './index';

const fakeBackend = createFrontendModule({
  pluginId: 'platform-envs',
  extensions: [
    ApiBlueprint.make({
      name: 'client',
      params: defineParams =>
        defineParams({
          api: platformEnvsApiRef,
          deps: {},
          factory: () => aFakeApi(aSmallOverview()),
        }),
    }),
  ],
});

describe('the plugin', () => {
  it('puts its pages into the navigation and serves them', async () => {
    renderTestApp({
      features: [platformEnvsPlugin, fakeBackend],
      initialRouteEntries: ['/promotions'],
    });
    expect(
      await screen.findByText('No promotion is under way.'),
    ).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Environments' })).toHaveAttribute(
      'href',
      '/environments',
    );
  });

  it('has its cards, tab and widgets', () => {
    const ids = [
      'page:platform-envs',
      'page:platform-envs/promotions',
      'entity-content:platform-envs/delivery',
      'entity-card:platform-envs/passport',
      'entity-card:platform-envs/runs-here',
      'entity-card:platform-envs/replication',
      'entity-card:platform-envs/findings',
      'home-page-widget:platform-envs/my-services',
      'home-page-widget:platform-envs/environments',
      'home-page-widget:platform-envs/waiting-for-me',
    ] as const;
    for (const id of ids) {
      expect(platformEnvsPlugin.getExtension(id)).toBeDefined();
    }
  });
});
