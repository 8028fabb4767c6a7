import {
  DeliveryCell,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import {
  aCell,
  aFakeApi,
  anEnvironment,
  aPromotion,
  aPromotionDetail,
  aRow,
  anOverview,
  AT,
} from '../src/__testUtils__';

const PLATFORMS: Record<
  string,
  { environments: string[]; services: string[] }
> = {
  'sample-platform-ai': {
    environments: ['dev', 'uat', 'prod'],
    services: ['sample-backend', 'sample-frontend'],
  },
  'campaign-lifecycle-platform': {
    environments: ['dev', 'staging', 'prod'],
    services: ['auth', 'connector', 'etl', 'analytics', 'bronze', 'query'].map(
      name => `campaign-${name}`,
    ),
  },
  'cornjacket-platform': {
    environments: ['dev', 'prod'],
    services: ['ingestion', 'action-orchestrator', 'ai-inference'].map(
      name => `cornjacket-${name}`,
    ),
  },
};

const VARIANTS: Record<string, Partial<DeliveryCell>> = {
  'sample-backend/prod': {
    state: 'degraded',
    health: 'Degraded',
    sync: 'OutOfSync',
    sentence: 'prod is degraded for 14 min: 1 of 4 pods is not ready.',
  },
  'sample-frontend/dev': {
    state: 'progressing',
    health: 'Progressing',
    sentence: 'dev is rolling out 2.4.0: 1 of 2 pods is up.',
  },
  'campaign-etl/staging': {
    state: 'out-of-sync',
    sync: 'OutOfSync',
    sentence: 'staging is out of sync for 2 h: 2 resources differ.',
  },
  'campaign-query/prod': {
    state: 'unknown',
    sync: 'Unknown',
    health: 'Unknown',
    live: unavailableReading('Argo CD has not answered since 10:42', AT),
    source: { state: 'stale', observedAt: AT, message: 'Argo CD unreachable' },
    sentence: 'prod cannot be seen: Argo CD has not answered since 10:42.',
  },
  'cornjacket-ai-inference/prod': {
    state: 'not-deployed',
    sync: 'OutOfSync',
    health: 'Missing',
    application: undefined,
    desired: unavailableReading('The overlay says unreleased'),
    live: unavailableReading('Nothing was released here'),
    sentence: 'Nothing was ever released to prod.',
  },
};

const environments = Object.entries(PLATFORMS).flatMap(([system, platform]) =>
  platform.environments.map(name =>
    anEnvironment(system, name, {
      regions: [
        { name: 'ap-southeast-2', role: 'primary' },
        ...(name === 'dev'
          ? []
          : [{ name: 'ap-southeast-4', role: 'secondary' as const }]),
      ],
    }),
  ),
);

const rows = Object.entries(PLATFORMS).flatMap(([system, platform]) =>
  platform.services.map(service =>
    aRow(
      service,
      system,
      environments
        .filter(e => e.systemRef === `system:default/${system}`)
        .map((environment, i, all) =>
          aCell(service, environment, `1.8.${3 - i}`, {
            ...(i > 0 && {
              behind: {
                environmentRef: all[i - 1].ref,
                state: 'behind',
                fromVersion: `1.8.${3 - i}`,
                toVersion: `1.8.${4 - i}`,
              },
            }),
            ...VARIANTS[`${service}/${environment.shortName}`],
          }),
        ),
      service === 'campaign-bronze'
        ? { findings: ['The overlay of staging has no application in Argo CD'] }
        : {},
    ),
  ),
);

/** A platform in which a little of everything is going on. */
export const fakeApi = aFakeApi(anOverview({ environments, rows }), {
  promotions: [
    aPromotionDetail(),
    aPromotionDetail({
      promotion: aPromotion({
        id: '01JD0000000000000000000002',
        state: 'SUCCEEDED',
        commitSha: 'c0ffee1234567890c0ffee1234567890c0ffee12',
      }),
    }),
    aPromotionDetail({
      promotion: aPromotion({
        id: '01JD0000000000000000000003',
        componentRef: 'component:default/campaign-etl',
        state: 'FAILED',
        failure: {
          kind: 'failed',
          message: 'Argo CD ended Degraded: 1 of 3 pods is in CrashLoopBackOff',
        },
      }),
    }),
  ],
});
