import { ConflictError } from '@backstage/errors';
import {
  CommitComparison,
  ComparisonQuery,
  ComparisonSide,
  ComponentDelivery,
  ComponentComparison,
  ConfigComparison,
  DeliveryCell,
  EnvironmentSummary,
  isSameRelease,
  okReading,
  Reading,
  Release,
  RenderedComparison,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  DeploymentSource,
  GitHost,
  KubernetesDocument,
} from '@fairway/plugin-platform-envs-node';
import { posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ComponentSource } from '../commits/sourceOf';
import { SourceCommits } from '../commits/SourceCommits';
import { DesiredFile, RepositoryState } from '../DesiredState';
import { compareObjects, compareRendered } from './compareObjects';
import { KeptAnswers } from './KeptAnswers';
import { readOverlaySettings, readTfvarsSettings } from './readSettings';
import { diffSettings, Setting } from './settings';

/** What the board knows, as far as a comparison needs it. */
export interface ComparisonFacts {
  /** @throws NotFoundError - the component does not run there. */
  getCell(componentRef: string, environmentRef: string): DeliveryCell;
  /** @throws NotFoundError - the catalog has no such environment. */
  getEnvironment(environmentRef: string): EnvironmentSummary;
  /** @throws NotFoundError - nobody says where its desired state is kept. */
  getDesiredFile(componentRef: string, environmentRef: string): DesiredFile;
  getRepository(
    repository: string,
    branch: string,
  ): RepositoryState | undefined;
  getDeployment(
    componentRef: string,
    environmentRef: string,
  ): Deployment | undefined;
  /** Where a component's source is; undefined when its entry names none. */
  getComponentSource(componentRef: string): ComponentSource | undefined;
}

/** One side, and what is known of it. */
interface Side {
  cell: DeliveryCell;
  environment: EnvironmentSummary;
  kind: ComparisonSide['kind'];
  revision?: string;
}

/** Pairs of overlays whose differences were counted. */
const MAX_COUNTS = 5_000;

/** Rendered manifests that are remembered; each is some 10 kB. */
const MAX_RENDERED = 60;

/**
 * What differs between two environments, or between Git and what runs. Asked
 * for by a person: Argo CD renders at most once for each application and
 * commit, whoever asks and however many at a time.
 */
export class ComparisonService {
  readonly #rendered = new KeptAnswers<KubernetesDocument[]>(MAX_RENDERED);
  readonly #counts = new KeptAnswers<number>(MAX_COUNTS);

  constructor(
    private readonly options: {
      facts: ComparisonFacts;
      commits: SourceCommits;
      gitHost?: GitHost;
      deploymentSources: DeploymentSource[];
      now?: () => Date;
    },
  ) {}

  /**
   * Compares. A section that cannot be had says why.
   *
   * @throws NotFoundError - the component does not run there.
   */
  async compare(
    componentRef: string,
    query: ComparisonQuery,
  ): Promise<ComponentComparison> {
    const [from, to] =
      'against' in query
        ? [
            this.#side(componentRef, query.environment, 'live'),
            this.#side(componentRef, query.environment, 'desired'),
          ]
        : [
            this.#side(componentRef, query.from, 'desired'),
            this.#side(componentRef, query.to, 'desired'),
          ];
    const image = {
      from: releaseOn(from),
      to: releaseOn(to),
    };
    const same =
      image.from.status === 'ok' && image.to.status === 'ok'
        ? isSameRelease(image.from.value, image.to.value)
        : undefined;
    const [commits, config, rendered] = await Promise.all([
      this.#section(() => this.#commits(componentRef, image.from, image.to)),
      this.#section(() => this.#config(from, to)),
      this.#section(() => this.#objects(from, to)),
    ]);
    return {
      componentRef,
      from: toWire(from),
      to: toWire(to),
      image: { ...image, ...(same !== undefined && { same }) },
      commits,
      config,
      rendered,
    };
  }

  /**
   * How many settings differ between each environment and the one before it, as
   * far as that can be read from the mirror in `withinMs`. Nobody else is
   * asked, and what was counted is kept for as long as Git says the same.
   */
  async countConfigChanges(
    componentRef: string,
    environmentRefs: string[],
    withinMs = 500,
  ): Promise<NonNullable<ComponentDelivery['configChanges']>> {
    const found: NonNullable<ComponentDelivery['configChanges']> = [];
    const counting = environmentRefs.slice(1).map(async (ref, index) => {
      try {
        const from = this.#side(
          componentRef,
          environmentRefs[index],
          'desired',
        );
        const to = this.#side(componentRef, ref, 'desired');
        if (!from.revision || !to.revision) return;
        const count = await this.#counts.get(
          [componentRef, from, to]
            .map(s => (typeof s === 'string' ? s : keyOf(s)))
            .join(' '),
          async () => (await this.#config(from, to)).differences.length,
        );
        found.push({
          fromEnvironmentRef: from.environment.ref,
          toEnvironmentRef: ref,
          count,
        });
      } catch {
        // a pair that cannot be read is not known
      }
    });
    const deadline = new AbortController();
    await Promise.race([
      Promise.all(counting),
      sleep(withinMs, undefined, { signal: deadline.signal }).catch(() => {}),
    ]);
    deadline.abort();
    return [...found];
  }

  #side(
    componentRef: string,
    environmentRef: string,
    kind: Side['kind'],
  ): Side {
    const { facts } = this.options;
    const cell = facts.getCell(componentRef, environmentRef);
    const environment = facts.getEnvironment(environmentRef);
    const { gitops } = environment;
    const state =
      gitops && facts.getRepository(gitops.repository, gitops.branch);
    const revision =
      kind === 'desired'
        ? state?.head ?? state?.changesAt
        : facts.getDeployment(componentRef, environmentRef)?.revision;
    return { cell, environment, kind, ...(revision && { revision }) };
  }

  async #section<T>(make: () => Promise<T>): Promise<Reading<T>> {
    const now = this.options.now?.() ?? new Date();
    try {
      return okReading(await make(), now.toISOString());
    } catch (error) {
      return unavailableReading(
        error instanceof Error ? error.message : String(error),
      );
    }
  }

  async #commits(
    componentRef: string,
    ...sides: Array<Reading<Release>>
  ): Promise<CommitComparison> {
    const { facts, commits, gitHost } = this.options;
    const source = facts.getComponentSource(componentRef);
    if (!source) {
      throw new ConflictError(
        'Its catalog entry names no repository (github.com/project-slug)',
      );
    }
    if (!gitHost?.compareCommits) {
      throw new ConflictError(
        'No Git host is configured that can compare commits (platformEnvs.gitHost.host)',
      );
    }
    const [from, to] = sides.map(reading => {
      if (reading.status !== 'ok') throw new ConflictError(reading.reason);
      const found = commits.revisionOf(source, reading.value);
      if (found && 'reason' in found) throw new ConflictError(found.reason);
      if (!found) {
        throw new ConflictError(
          `Which commit ${
            reading.value.version ?? reading.value.digest ?? 'it'
          } was built from has not been found out`,
        );
      }
      return found.revision;
    });
    return commits.compare(source, from, to);
  }

  async #config(from: Side, to: Side): Promise<ConfigComparison> {
    if (from.kind === 'live' || to.kind === 'live') {
      throw new ConflictError(
        'What runs has no overlay; its objects are compared one by one',
      );
    }
    const [a, b] = await Promise.all([from, to].map(s => this.#settings(s)));
    return {
      differences: diffSettings(a.settings, b.settings, [
        [from.environment.shortName, to.environment.shortName],
      ]),
      files: { from: a.files, to: b.files },
    };
  }

  async #settings({ cell, environment, revision }: Side): Promise<{
    settings: Setting[];
    files: string[];
  }> {
    const { facts, gitHost } = this.options;
    const { repository, branch, path, target } = facts.getDesiredFile(
      cell.componentRef,
      environment.ref,
    );
    if (!gitHost) {
      throw new ConflictError(
        'No Git host is configured (platformEnvs.gitHost.host)',
      );
    }
    const files = await gitHost.readFiles(
      repository,
      revision ?? branch,
      target.format === 'kustomize'
        ? { folder: posix.dirname(path) }
        : { paths: [path] },
    );
    const file = files.get(path);
    if (!file) throw new ConflictError(`${repository} has no ${path}`);
    try {
      return {
        settings:
          target.format === 'kustomize'
            ? readOverlaySettings(path, files)
            : readTfvarsSettings(file.content ?? ''),
        files: [...files.keys()],
      };
    } catch (error) {
      const [reason] = String((error as Error).message).split('\n');
      throw new ConflictError(`${path} cannot be understood: ${reason}`);
    }
  }

  async #objects(from: Side, to: Side): Promise<RenderedComparison> {
    if (from.kind === 'live') {
      const { source, deployment } = this.#sourceOf(to, 'getManagedObjects');
      const managed = await source.getManagedObjects!(deployment.name, {
        namespace: deployment.namespace,
      });
      return {
        objects: compareObjects(
          managed
            .filter(({ live, desired }) => live || desired)
            .map(({ live, desired }) => ({ from: live, to: desired })),
        ),
        setAside: [],
      };
    }
    const [before, after] = await Promise.all(
      [from, to].map(side => this.#render(side)),
    );
    return compareRendered(before, after);
  }

  #render(side: Side): Promise<KubernetesDocument[]> {
    const { source, deployment } = this.#sourceOf(side, 'getRenderedObjects');
    const { name, namespace } = deployment;
    const { revision } = side;
    const read = () =>
      source.getRenderedObjects!(name, {
        namespace,
        ...(revision && { revision }),
      });
    return revision
      ? this.#rendered.get(
          [deployment.instance, namespace, name, revision].join(' '),
          read,
        )
      : read();
  }

  #sourceOf(
    { cell, environment }: Side,
    method: 'getRenderedObjects' | 'getManagedObjects',
  ): { source: DeploymentSource; deployment: Deployment } {
    const deployment = this.options.facts.getDeployment(
      cell.componentRef,
      environment.ref,
    );
    if (!deployment) {
      throw new ConflictError(
        `Nothing stands for it in ${environment.title}: ${cell.sentence}`,
      );
    }
    const source = this.options.deploymentSources.find(
      s => s.instance === deployment.instance,
    );
    if (!source?.[method]) {
      throw new ConflictError(
        environment.runtime === 'ecs'
          ? 'Amazon ECS applies no Kubernetes objects; what differs stands under configuration and image'
          : `${
              source?.title ?? deployment.instance
            } cannot tell what it would apply`,
      );
    }
    return { source, deployment };
  }
}

function keyOf({ environment, revision }: Side): string {
  return `${environment.ref}@${revision}`;
}

function releaseOn({ cell, kind }: Side): Reading<Release> {
  const reading: Reading<Release> = kind === 'live' ? cell.live : cell.desired;
  if (reading.status !== 'ok') return reading;
  const { image, version, digest, revision } = reading.value;
  return okReading(
    {
      image,
      ...(version && { version }),
      ...(digest && { digest }),
      // what runs tells the commit of the desired state under that name
      ...(kind === 'desired' && revision && { revision }),
    },
    reading.observedAt,
  );
}

function toWire({ environment, kind, revision }: Side): ComparisonSide {
  return {
    environmentRef: environment.ref,
    kind,
    ...(revision && { revision }),
  };
}
