export interface Config {
  /** What the browser app itself needs to know. */
  fairway?: {
    /**
     * Shows the badge that says that nothing here is real. Default: false.
     * @visibility frontend
     */
    sandbox?: boolean;
    /**
     * The sign-in providers to offer, in order. A provider must also be
     * configured below `auth.providers`. Default: `[github]`.
     * @visibility frontend
     */
    signIn?: Array<'github' | 'oidc'>;
  };
  auth?: {
    providers?: {
      development?: {
        /**
         * People whom the development sign-in offers. Entity refs. The
         * provider itself exists only while NODE_ENV is "development".
         * @visibility frontend
         */
        users?: string[];
      };
    };
  };
}
