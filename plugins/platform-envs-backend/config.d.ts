import { HumanDuration } from '@backstage/types';

export interface Config {
  /**
   * Environments, delivery state and promotions. Absent: the pages work and
   * say what is not configured.
   */
  platformEnvs?: {
    /**
     * Where the GitOps repositories are that Environment entities name in
     * `spec.gitops`. Absent: what should run is not known, and nothing can be
     * promoted.
     */
    gitHost?: {
      /** One of `integrations.github[].host`; credentials come from there. */
      host: string;
    };
    /**
     * How often each GitOps repository is asked whether its branch moved: one
     * question per repository. Default: 30 seconds.
     */
    gitPollInterval?: HumanDuration | string;
    /** How promotions are judged after their commit. */
    promotions?: {
      /** Healthy and Synced for this long counts as succeeded. Default: 10 seconds. */
      soak?: HumanDuration | string;
      /** From the commit to Synced; then the promotion fails. Default: 15 minutes. */
      syncTimeout?: HumanDuration | string;
      /** From Synced to Healthy; then the promotion fails. Default: 15 minutes. */
      verifyTimeout?: HumanDuration | string;
    };
    /** Absent: what runs is not known. */
    argocd?: {
      /** By a name of your choice, which also appears in URLs and pages. */
      instances?: {
        [name: string]: {
          /** Base URL of the API. Absent: the instance counts as not configured. */
          url?: string;
          /** Base URL of the UI, for links. Default: `url`. */
          frontendUrl?: string;
          /**
           * Token of an Argo CD account that may `get` applications, and
           * `sync` them where the portal promotes. Required where `url` is set.
           * @visibility secret
           */
          token?: string;
          /**
           * How often all applications are listed, beside the stream of
           * changes, which may lose some. Default: 5 minutes.
           */
          relistInterval?: HumanDuration | string;
          /**
           * Silence of the stream after which it counts as dead. It has no
           * heartbeat; applications speak up every 2-3 minutes at most.
           * Default: 90 seconds.
           */
          idleTimeout?: HumanDuration | string;
        };
      };
    };
    /**
     * Links beside each component in each environment. A URL may contain
     * `{component}`, `{environment}`, `{system}`, `{namespace}` and
     * `{cluster}`. Absent: no such link.
     */
    links?: {
      /** A Grafana dashboard. */
      grafanaUrl?: string;
      /** Logs. */
      lokiUrl?: string;
      /** What to do when it breaks. */
      runbookUrl?: string;
    };
  };
}
