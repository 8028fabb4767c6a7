import {
  EnvironmentSummary,
  OverviewRow,
  OverviewSource,
} from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  DeploymentSnapshot,
  DeploymentSource,
  GitHost,
} from '@fairway/plugin-platform-envs-node';
import { CatalogView } from './CatalogView';
import { DesiredFile, RepositoryState } from './DesiredState';
import { LinkTemplate } from './links';

/** Everything that is known at one moment. */
export interface BoardInput {
  catalog: CatalogView;
  catalogSource: OverviewSource;
  repositories: RepositoryState[];
  deploymentSources: Array<{
    instance: string;
    title: string;
    runtime: DeploymentSource['runtime'];
    snapshot: DeploymentSnapshot;
  }>;
  gitHost?: Pick<GitHost, 'webUrl'>;
  linkTemplates: LinkTemplate[];
  now: Date;
}

/** Something that does not add up; concerns a component, an environment or both. */
export interface Finding {
  componentRef?: string;
  environmentRef?: string;
  text: string;
}

/** The board, and by which deployment each cell is fed. */
export interface Board {
  sources: OverviewSource[];
  environments: EnvironmentSummary[];
  rows: OverviewRow[];
  findings: Finding[];
  /** By `cellKey`. */
  deployments: Map<string, Deployment>;
  /** By `cellKey`. */
  files: Map<string, DesiredFile>;
}

/** Key of one component in one environment. */
export function cellKey(componentRef: string, environmentRef: string): string {
  return `${componentRef} ${environmentRef}`;
}
