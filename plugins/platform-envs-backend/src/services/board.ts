import {
  DeliveryRow,
  OverviewSource,
} from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  DeploymentSnapshot,
  DeploymentSource,
  GitHost,
} from '@fairway/plugin-platform-envs-node';
import { CatalogView } from './CatalogView';
import { CommitQuestion, KnownCommits } from './commits/applyCommits';
import { RepositoryState } from './DesiredState';
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
  /** Absent: nobody finds out which commits releases were built from. */
  commits?: KnownCommits;
}

/** Something that does not add up; concerns a component, an environment or both. */
export interface Finding {
  componentRef?: string;
  environmentRef?: string;
  text: string;
}

/** A row, and what it was made of. */
export interface ComposedRow {
  row: DeliveryRow;
  findings: Finding[];
  /** By environment ref: the one that feeds the cell. */
  deployments: Map<string, Deployment>;
  /** By `deploymentId`: all that could stand for one of its cells. */
  matched: string[];
  /** What would have to be found out about its releases. */
  questions: CommitQuestion[];
}

/** What changed on the board since one asked before. */
export interface BoardChange {
  /** Of components whose rows came, went or show something else. */
  changed: Set<string>;
  /** Whether anything else did: sources, environments, what belongs to no row. */
  other: boolean;
}

/** Key of one component in one environment. */
export function cellKey(componentRef: string, environmentRef: string): string {
  return `${componentRef} ${environmentRef}`;
}
