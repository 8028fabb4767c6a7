/** A place where services run, with what it costs. */
export interface SeedEnvironment {
  /** As in `overlays/<shortName>`. */
  shortName: string;
  runtime: 'eks' | 'ecs' | 'local';
  accountId?: string;
  /** The first is the primary. */
  regions: string[];
  /** EKS or ECS cluster name. */
  cluster?: string;
  namespace?: string;
  /** Whether Argo CD syncs on its own. */
  autoSync: boolean;
  /** ECS only: services go from blue to green; otherwise they roll. */
  blueGreen?: boolean;
  database?: SeedDatabase;
  /** Roughly what a month costs, whole US dollars, shared parts included. */
  monthlyCostUsd: number;
}

/** What an environment keeps its data in. */
export interface SeedDatabase {
  /** Present for an Aurora Global Database. */
  globalCluster?: string;
  engine: 'aurora-postgresql' | 'postgres';
  engineVersion: string;
  instanceClass: string;
  /** One DB cluster a region, in the order of the regions: the first writes. */
  clusters: Array<{ id: string; region: string; instances: number }>;
}

/** One component, and where which release of it runs. */
export interface SeedService {
  /** Component name in the catalog, image repository, GitOps folder. */
  name: string;
  language: 'go' | 'rust' | 'typescript' | 'python';
  kind: 'service' | 'website';
  /** `owner/name` of the repository that holds the source. */
  sourceRepository: string;
  /** Release that stands in each environment; absent: never deployed there. */
  versions: Record<string, string>;
  /** Container port. */
  port: number;
  replicas: Record<string, number>;
  /**
   * `owner/name` of a repository that holds the service's settings below
   * `settings/<environment>`: a second source of its applications.
   */
  settingsRepository?: string;
}

/** One platform, as plain data. */
export interface SeedPlatform {
  /** System name in the catalog. */
  system: string;
  /** Organisation on the Git host. */
  org: string;
  /** Account that owns the image registries. */
  sharedAccountId: string;
  /** `owner/name` of the repository with the desired state. */
  gitopsRepository: string;
  gitopsPath: string;
  /** All repositories of the platform, `owner/name`. */
  repositories: string[];
  environments: SeedEnvironment[];
  services: SeedService[];
}
