import { KubeMetadata } from '../kubernetes/KubeObject';
import { ApplicationSpec, ResourceStatus } from './types';

/** Parameters by name, as a template reads them. */
export type Params = Record<string, string>;

/** A source of parameters; exactly one field of it is used. */
export interface Generator {
  list?: { elements?: unknown[]; elementsYaml?: string };
  clusters?: {
    selector?: { matchLabels?: Record<string, string> };
    values?: Params;
  };
  git?: {
    repoURL: string;
    revision?: string;
    /** Globs; a folder that an entry with `exclude` matches is left out. */
    directories?: Array<{ path: string; exclude?: boolean }>;
    files?: Array<{ path: string; exclude?: boolean }>;
    values?: Params;
    pathParamPrefix?: string;
  };
  matrix?: { generators: Generator[] };
  merge?: { mergeKeys: string[]; generators: Generator[] };
  selector?: { matchLabels?: Record<string, string> };
  [field: string]: unknown;
}

/** What generated applications look like; any text in it may hold `{{parameter}}`. */
export interface ApplicationTemplate {
  metadata: Partial<KubeMetadata> & { name: string };
  spec: ApplicationSpec;
}

export type ApplicationsSync =
  | 'create-only'
  | 'create-update'
  | 'create-delete'
  | 'sync';

/** The custom resource as Argo CD's API gives it. */
export interface ApplicationSet {
  metadata: KubeMetadata & { name: string; namespace: string };
  spec: {
    generators: Generator[];
    template: ApplicationTemplate;
    goTemplate?: boolean;
    syncPolicy?: {
      preserveResourcesOnDeletion?: boolean;
      applicationsSync?: ApplicationsSync;
    };
    [field: string]: unknown;
  };
  status: {
    conditions?: Array<{
      type: 'ErrorOccurred' | 'ParametersGenerated' | 'ResourcesUpToDate';
      status: 'True' | 'False';
      reason: string;
      message: string;
      lastTransitionTime: string;
    }>;
    resources?: ResourceStatus[];
    resourcesCount?: number;
  };
}

/** An application set as it is applied. */
export type ApplicationSetInput = Pick<ApplicationSet, 'metadata' | 'spec'>;
