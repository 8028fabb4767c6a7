import { Cluster } from '../cluster';
import { KubeObject } from '../clusterTypes';
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
import { Manifests, RenderedSource } from './Manifests';
import { Application, ApplicationSource, ApplicationSpec } from './types';

/** Address of the cluster that Argo CD itself runs in. */
export const IN_CLUSTER_SERVER = 'https://kubernetes.default.svc';

/** The two sides of a comparison: what git wants, and what the clusters hold. */
export class ApplicationReader {
  constructor(
    private readonly git: GitStore,
    private readonly manifests: Manifests,
    /** By the name that a destination uses. */
    private readonly clusters: ReadonlyMap<string, Cluster>,
    private readonly children: ChildApplications,
  ) {}

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

  /** Target manifests at a revision, or at the tracked one. */
  async targetManifests(
    application: Application,
    revision?: string,
  ): Promise<{ revision: string; sourceType: string; objects: KubeObject[] }> {
    const { source } = application.spec;
    const sha = await this.resolve(source, revision);
    const rendered = await this.render(source, sha);
    return {
      revision: sha,
      sourceType: rendered.sourceType,
      objects: prepareTargets(application, rendered.objects),
    };
  }

  /** Manifests of a source at a commit, as rendered. */
  render(source: ApplicationSource, sha: string): Promise<RenderedSource> {
    return this.manifests.render(repositoryOf(source.repoURL), sha, source);
  }

  /**
   * The commit of a revision, or of the tracked one.
   *
   * @throws ArgocdError - there is no such repository or revision.
   */
  async resolve(source: ApplicationSource, revision?: string): Promise<string> {
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

  /** A cluster as an application sees and changes it. */
  targetOf(cluster: Cluster, past?: PastApply): ApplicationLiveState {
    return liveStateOf(cluster, past, this.children);
  }
}

/** `owner/name` of a repository URL; empty when it names none. */
export function repositoryOf(url: string | undefined): string {
  return url?.replace(/\.git$/, '').match(/[/:]([^/:]+\/[^/]+)$/)?.[1] ?? '';
}
