import { Cluster } from '../kubernetes/Cluster';
import { KubeObject } from '../kubernetes/KubeObject';
import { GitStore } from '../types';
import { ArgocdError } from './ArgocdError';
import { prepareTargets } from './compare';
import {
  ApplicationLiveState,
  ChildApplications,
  NOTHING,
  PastApply,
  liveStateOf,
} from './liveState';
import { Commit, Manifests, RenderedSource } from './Manifests';
import { DestinationCluster } from './projects';
import { repositoryOf, sourcesOf } from './sources';
import { Application, ApplicationSource, ApplicationSpec } from './types';

/** Address of the cluster that Argo CD itself runs in. */
export const IN_CLUSTER_SERVER = 'https://kubernetes.default.svc';

/** What git wants of an application, all its sources together. */
export interface TargetState {
  /** One commit for each source, in their order. */
  revisions: string[];
  /** In the order of the sources; empty for one that has only a `ref`. */
  sourceTypes: Array<RenderedSource['sourceType'] | ''>;
  objects: KubeObject[];
}

/** The two sides of a comparison: what git wants, and what the clusters hold. */
export class ApplicationReader {
  constructor(
    private readonly git: GitStore,
    private readonly manifests: Manifests,
    /** By the name that a destination uses. */
    private readonly clusters: ReadonlyMap<string, Cluster>,
    private readonly children: ChildApplications,
    private readonly urls: { kubernetes: string },
  ) {}

  /** Name and address of a cluster, as `argocd cluster list` shows them. */
  addressOf({ name }: Cluster): DestinationCluster {
    return {
      name,
      server:
        name === 'in-cluster'
          ? IN_CLUSTER_SERVER
          : `${this.urls.kubernetes}/clusters/${name}`,
    };
  }

  /** Cluster of a destination. @throws ArgocdError - there is no such cluster. */
  destination(spec: ApplicationSpec): Cluster {
    const { server, name } = spec.destination ?? {};
    const cluster =
      server === IN_CLUSTER_SERVER
        ? this.clusters.get('in-cluster')
        : this.clusters.get(
            name ?? server?.match(/\/clusters\/([^/]+)$/)?.[1] ?? '',
          );
    if (!cluster) {
      throw new ArgocdError(
        'InvalidArgument',
        `application destination spec is invalid: there are no clusters with this ${
          name ? `name: ${name}` : `address: ${server}`
        }`,
      );
    }
    return cluster;
  }

  /** Live objects of an application with all that they own, parents before children. */
  liveTree(application: Application): KubeObject[] {
    const live = this.liveState(application);
    return live
      .tracked(application.metadata.name)
      .flatMap(object => live.tree(object));
  }

  /**
   * What git wants: at the tracked revisions, or at others.
   *
   * @throws ArgocdError - no such repository or revision.
   * @throws Error - a source cannot be rendered; the message is the renderer's.
   */
  async targetState(
    application: Application,
    from: {
      sources?: ApplicationSource[];
      revisions?: Array<string | undefined>;
    } = {},
  ): Promise<TargetState> {
    const sources = from.sources ?? sourcesOf(application.spec);
    const revisions = await this.resolveAll(sources, from.revisions);
    const refs = new Map<string, Commit>(
      sources.flatMap((source, index) =>
        source.ref
          ? [[source.ref, commitOf(source, revisions[index])] as const]
          : [],
      ),
    );
    const rendered = await Promise.all(
      sources.map((source, index) =>
        source.ref && !source.path && !source.chart
          ? undefined
          : this.render(application, source, revisions[index], refs).catch(
              error => {
                throw new Error(
                  `failed to generate manifest for source ${index + 1} of ${
                    sources.length
                  }: rpc error: code = Unknown desc = ${error.message}`,
                );
              },
            ),
      ),
    );
    return {
      revisions,
      sourceTypes: rendered.map(r => r?.sourceType ?? ''),
      objects: prepareTargets(
        application,
        rendered.flatMap(r => r?.objects ?? []),
      ),
    };
  }

  /** The commit of each source: at the given revisions, or at the tracked ones. */
  resolveAll(
    sources: ApplicationSource[],
    revisions: Array<string | undefined> = [],
  ): Promise<string[]> {
    return Promise.all(
      sources.map((source, index) => this.resolve(source, revisions[index])),
    );
  }

  /**
   * The commit of a revision, or of the tracked one.
   *
   * @throws ArgocdError - there is no such repository or revision.
   */
  async resolve(source: ApplicationSource, revision?: string): Promise<string> {
    if (source.chart) {
      return revision || source.targetRevision || '';
    }
    const repository = repositoryOf(source.repoURL);
    if (!repository || !this.git.has(repository)) {
      throw new ArgocdError(
        'FailedPrecondition',
        `failed to list refs: repository not found: ${source.repoURL}`,
      );
    }
    const wanted = revision || source.targetRevision || 'HEAD';
    const sha = await this.git.resolve(repository, wanted);
    if (!sha) {
      throw new ArgocdError(
        'FailedPrecondition',
        `unable to resolve '${wanted}' to a commit SHA`,
      );
    }
    return sha;
  }

  /** What the application's cluster holds; an empty one where there is no such cluster. */
  liveState(application: Application): ApplicationLiveState {
    try {
      return this.targetOf(this.destination(application.spec));
    } catch {
      return NOTHING;
    }
  }

  private render(
    { metadata, spec }: Application,
    source: ApplicationSource,
    sha: string,
    refs: ReadonlyMap<string, Commit>,
  ): Promise<RenderedSource> {
    return this.manifests.render({
      ...commitOf(source, sha),
      source,
      application: {
        name: metadata.name,
        namespace: spec.destination.namespace,
      },
      refs,
    });
  }

  /** A cluster as an application sees and changes it. */
  targetOf(cluster: Cluster, past?: PastApply): ApplicationLiveState {
    return liveStateOf(cluster, past, this.children);
  }
}

function commitOf(source: ApplicationSource, sha: string): Commit {
  return { repository: repositoryOf(source.repoURL), sha };
}
