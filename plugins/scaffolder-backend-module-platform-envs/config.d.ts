export interface Config {
  platformEnvs?: {
    gitHost?: {
      /**
       * Host of the Git server that holds the repositories of the platforms,
       * as in `integrations.github[].host`. Required by the actions that create
       * repositories and write to them.
       */
      host: string;
    };
  };
}
