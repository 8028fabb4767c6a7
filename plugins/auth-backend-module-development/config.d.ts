export interface Config {
  auth?: {
    providers?: {
      /**
       * Sign-in without a password, for development on one machine. Exists
       * only while `NODE_ENV` is `development`; absent: there is none.
       */
      development?: {
        /** Full entity refs of the people to offer. All must be in the catalog. */
        users?: string[];
      };
    };
  };
}
