import { EnvironmentTier } from '@fairway/plugin-platform-envs-common';
import { Signal } from './signals';

/** What a component is to the catalog. */
export type ComponentType = 'service' | 'worker' | 'website' | 'library';

/** An API that a component offers, described by a file of its repository. */
export interface ProvidedApi {
  type: 'openapi' | 'grpc' | 'graphql' | 'asyncapi';
  /** Path of the definition in the repository, with `/`. */
  path: string;
  /** Name of the entity. */
  name: string;
}

/** Everything that the files which all repositories share are rendered from. */
export interface RepositoryComponent {
  name: string;
  /** What people call it; the name when nobody said. */
  title: string;
  /** One line; absent where nobody said what it is for. */
  description?: string;
  type: ComponentType;
  lifecycle: string;
  /** Entity ref of the owner. */
  owner: string;
  /** Name of the System. */
  system: string;
  /** Lower case, e.g. `go`. */
  language: string;
  tags: string[];
  /** As Dependabot names them. */
  ecosystems: string[];
  apis: ProvidedApi[];
  /** Entity refs. */
  consumesApis: string[];
  /** Entity refs. */
  dependsOn: string[];
  /** What is measured of its work; empty for what the platform does not deliver. */
  signals: Signal[];
  /** Container port for HTTP. */
  port: number;
  /** In promotion order; empty for what the platform does not deliver. */
  environments: Array<{
    shortName: string;
    runtime: 'eks' | 'ecs';
    tier: EnvironmentTier;
  }>;
  githubOrg: string;
  /** Name in the organisation. */
  repository: string;
  /** Where a person sees the repository. */
  repositoryUrl: string;
  gitops: { owner: string; repo: string; branch: string; path: string };
  registry: { accountId: string; region: string };
  /** Image repository without tag. */
  imageRepository: string;
  /** The scaffolder task that creates it; kept for the record. */
  taskId: string;
}

/**
 * Whether the component is deployed by the platform. A library is not, nor what
 * its own workflows deliver.
 */
export function isDeployed(component: RepositoryComponent): boolean {
  return component.environments.length > 0;
}
