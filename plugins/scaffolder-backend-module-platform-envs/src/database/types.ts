/** A database of a component on its platform's clusters. */
export interface ComponentDatabase {
  /** Name of the component. */
  component: string;
  /** Name of the System. */
  system: string;
  /** Entity ref. */
  owner: string;
  /** Connections that the component may hold, in each environment. */
  connectionLimit: number;
  /** Names of PostgreSQL extensions, without repetition. */
  extensions: string[];
}

/** Where a database is made. */
export interface DatabaseEnvironment {
  /** Short name. */
  name: string;
  /** Folder of the component's overlay in the GitOps repository. */
  overlay: string;
  /** Name of the component's container, which gets the connection. */
  container: string;
  /** Kubernetes namespace of the component. */
  namespace: string;
  /** Name of the ClusterSecretStore. */
  secretStore: string;
  /** Entity ref of the database cluster. */
  databaseRef: string;
  /** Name of that entity, and of the SQL provider's ProviderConfig. */
  cluster: string;
  /** Where its secrets are kept, `account/region`; its short name for an account that is not known. */
  secretsIn: string;
}
