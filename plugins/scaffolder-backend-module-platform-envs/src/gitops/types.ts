import { PlatformEnvironment } from '../platform/readPlatform';
import { ComponentKind, Exposure, Worker } from './componentInput';
import { Sizing } from './sizing';

/** The tag in an overlay of an environment that no release has reached yet. */
export const UNRELEASED_TAG = 'unreleased';

/** What a queue of jobs is like, as Terraform's variables say it. */
export interface Queue {
  /** For how long a job that was taken is out of sight of others, unless its taker says so. */
  visibilityTimeoutSeconds: number;
  /** How often a job is taken before it is put aside. */
  maxAttempts: number;
  retentionDays: number;
  /** For how long what was put aside is kept; at most 14. */
  deadLetterRetentionDays: number;
}

/** An environment, and how much a component gets of it. */
export interface ComponentEnvironment extends PlatformEnvironment {
  sizing: Sizing;
  /** ECS: releases switch from blue to green. */
  blueGreen: boolean;
}

/** A component as the GitOps repository needs it; every default is filled in. */
export interface GitopsComponent {
  name: string;
  /** Name of the System; also the Argo CD project. */
  system: string;
  kind: ComponentKind;
  /** Container ports; a worker may have none. */
  ports: { http?: number; grpc?: number };
  exposure: Exposure;
  /** Names of keys. */
  secrets: string[];
  /** Arguments after the image's entrypoint; empty: the image's own. */
  command: string[];
  /** ECS: the container's health check; empty: it has none. */
  healthCommand: string[];
  workers: Worker[];
  /** Further variables of the container's environment, the same everywhere. */
  environmentVariables: Record<string, string>;
  /** ECS: its queue of jobs in each environment; absent: it has none. */
  queue?: Queue;
  /** TCP ports in the private network that it calls, ascending. */
  egressPorts: number[];
  /** Image repository without tag. */
  imageRepository: string;
  /** Folder in the GitOps repository, without slashes around it; may be empty. */
  gitopsPath: string;
  /** Clone URL of the GitOps repository, as Argo CD is to read it. */
  repositoryUrl: string;
  branch: string;
  /** The scaffolder task that creates it; kept for the record. */
  taskId: string;
  /** In promotion order; never empty, all of one runtime. */
  environments: ComponentEnvironment[];
}
