export interface Config {
  permission?: {
    /** Groups with a part of their own in the platform's policy. */
    platformPolicy?: {
      /**
       * Entity refs of the groups that run the platform.
       * Default: `[group:default/platform-engineering]`.
       */
      administrators?: string[];
      /**
       * Entity refs of the groups that may also use the Kubernetes proxy
       * (pod logs). Default: `[group:default/on-call]`.
       */
      operators?: string[];
    };
  };
}
