import { JsonObject } from '@backstage/types';

/** Configuration of a backend whose Git host, Argo CD and AWS are played. */
export function sandboxConfig(
  urls: { github: string; argocd: string },
  options: {
    /** Over what `platformEnvs` has already. */
    platformEnvs?: JsonObject;
    /** Of the one Argo CD instance. */
    argocd?: JsonObject;
  } = {},
) {
  const { host } = new URL(urls.github);
  return {
    integrations: {
      github: [
        {
          host,
          apiBaseUrl: `${urls.github}/api/v3`,
          token: 'sandbox-github-token',
        },
      ],
    },
    platformEnvs: {
      gitHost: { host },
      argocd: {
        instances: {
          main: {
            url: urls.argocd,
            token: 'sandbox-argocd-token',
            ...options.argocd,
          },
        },
      },
      ...options.platformEnvs,
    },
    aws: {
      mainAccount: {
        accessKeyId: 'AKIA000000000000SANDBOX',
        secretAccessKey: 'sandbox',
      },
      accountDefaults: { roleName: 'fairway-reader' },
    },
  };
}
