import { ConflictError } from '@backstage/errors';
import {
  CommitComparison,
  ComparisonQuery,
  ComponentDelivery,
  ComponentComparison,
  ConfigComparison,
  isSameRelease,
  okReading,
  Reading,
  Release,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import { DeploymentSource, GitHost } from '@fairway/plugin-platform-envs-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { SourceCommits } from '../commits/SourceCommits';
import { ComparisonFacts } from './ComparisonFacts';
import { KeptAnswers } from './KeptAnswers';
import { readSideSettings } from './readSideSettings';
import { diffSettings } from './settings';
import { keyOf, releaseOn, Side, toWire } from './side';
import { SideObjects } from './SideObjects';

/** Pairs of overlays whose differences were counted. */
const MAX_COUNTS = 5_000;

/**
 * What differs between two environments, or between Git and what runs. Asked
 * for by a person: Argo CD renders at most once for each application and
 * commit, whoever asks and however many at a time.
 */
export class ComparisonService {
  readonly #objects: SideObjects;
  readonly #counts = new KeptAnswers<number>(MAX_COUNTS);

  constructor(
    private readonly options: {
      facts: ComparisonFacts;
      commits: SourceCommits;
      gitHost?: GitHost;
      deploymentSources: DeploymentSource[];
      now?: () => Date;
    },
  ) {
    this.#objects = new SideObjects(options);
  }

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
      this.#section(() => this.#objects.compare(from, to)),
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
    const [a, b] = await Promise.all(
      [from, to].map(side => readSideSettings(side, this.options)),
    );
    return {
      differences: diffSettings(a.settings, b.settings, [
        [from.environment.shortName, to.environment.shortName],
      ]),
      files: { from: a.files, to: b.files },
    };
  }
}
