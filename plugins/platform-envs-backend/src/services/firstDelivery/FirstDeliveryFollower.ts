import {
  DeliveryCell,
  okReading,
  Reading,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import {
  BuildRun,
  BuildSource,
  ImageRegistrySource,
  StoredImage,
} from '@fairway/plugin-platform-envs-node';
import { StoredFirstDelivery } from '../../database/FirstDeliveryStore';
import { UNRELEASED } from '../../overlay';
import { EnvironmentService } from '../EnvironmentService';
import { FirstDeliveryFacts } from './verdict';

/** Builds take minutes, and every question counts against GitHub's rate limit. */
const ASK_EVERY_MS = 6_000;

/** Asks the world about components on their way; the board is read in memory. */
export class FirstDeliveryFollower {
  /** When CI was asked last, and what it said, by repository. */
  readonly #builds = new Map<
    string,
    { askedAt: number; answer: Reading<BuildRun | undefined> }
  >();

  constructor(
    private readonly options: {
      environments: EnvironmentService;
      buildSource?: BuildSource;
      imageRegistrySource?: ImageRegistrySource;
      /** Milliseconds between two questions to CI. */
      askEveryMs?: number;
    },
  ) {}

  /** Never throws: what cannot be had is a reading that says why. */
  async observe(
    stored: StoredFirstDelivery,
    now: Date,
  ): Promise<FirstDeliveryFacts> {
    const { delivery, image, repositoryUrl } = stored;
    const { environments } = this.options;
    await environments.ensureComponent(delivery.componentRef);
    const cell = this.#cell(delivery.componentRef, delivery.environmentRef);
    const isReleased = isReleaseDesired(cell);
    const build = isReleased
      ? undefined
      : await this.#build(delivery.repository, now);
    const isBuilt =
      build?.status === 'ok' && build.value?.state === 'succeeded';
    const isCopied = delivery.steps.some(
      ({ id, state }) =>
        id === 'replication' && (state === 'done' || state === 'skipped'),
    );
    const newest =
      (isReleased || isBuilt) && !isCopied
        ? await this.#image(image, cell)
        : undefined;
    const facts: FirstDeliveryFacts = {
      repositoryUrl,
      secondRegions: secondRegionsOf(environments, delivery),
      ...(cell && { cell }),
      ...(build && { build }),
      ...(newest && { image: newest }),
    };
    if (!newest || (newest.status === 'ok' && !newest.value)) return facts;
    return {
      ...facts,
      replicas:
        newest.status === 'ok'
          ? await this.#read(now, () =>
              this.options.imageRegistrySource!.listReplicas(
                image,
                newest.value!.digest,
              ),
            )
          : newest,
    };
  }

  #cell(
    componentRef: string,
    environmentRef: string,
  ): DeliveryCell | undefined {
    try {
      return this.options.environments.getCell(componentRef, environmentRef);
    } catch (error) {
      if ((error as Error).name === 'NotFoundError') return undefined;
      throw error;
    }
  }

  async #build(
    repository: string,
    now: Date,
  ): Promise<Reading<BuildRun | undefined> | undefined> {
    const { buildSource, askEveryMs = ASK_EVERY_MS } = this.options;
    if (!buildSource) return undefined;
    const known = this.#builds.get(repository);
    if (known && now.getTime() - known.askedAt < askEveryMs) {
      return known.answer;
    }
    const answer = await this.#read(now, () =>
      buildSource.latestBuild(repository),
    );
    this.#builds.set(repository, { askedAt: now.getTime(), answer });
    return answer;
  }

  /** Forgets what CI said about repositories that nobody waits for any more. */
  forgetAllBut(repositories: string[]): void {
    for (const repository of this.#builds.keys()) {
      if (!repositories.includes(repository)) this.#builds.delete(repository);
    }
  }

  async #image(
    image: string,
    cell: DeliveryCell | undefined,
  ): Promise<Reading<StoredImage | undefined>> {
    const { imageRegistrySource: registry } = this.options;
    if (!registry?.handles(image)) {
      return unavailableReading(
        registry
          ? `${image} is kept in a registry that the portal cannot ask`
          : 'no AWS credentials are configured (aws)',
      );
    }
    const now = new Date();
    if (cell?.desired.status === 'ok' && cell.desired.value.digest) {
      const { digest, version } = cell.desired.value;
      const tags = version ? [version] : [];
      return okReading({ digest, tags, pushedAt: '' }, now.toISOString());
    }
    return this.#read(now, () => registry.newestImage(image));
  }

  async #read<T>(now: Date, ask: () => Promise<T>): Promise<Reading<T>> {
    try {
      return okReading(await ask(), now.toISOString());
    } catch (error) {
      return unavailableReading((error as Error).message.replace(/\.$/, ''));
    }
  }
}

/** Regions besides the primary one that any environment of a System runs in. */
export function secondRegionsOf(
  environments: Pick<EnvironmentService, 'getSystemEnvironments'>,
  { systemRef }: { systemRef: string },
): string[] {
  const regions = environments
    .getSystemEnvironments(systemRef)
    .flatMap(environment =>
      environment.regions.filter(({ role }) => role !== 'primary'),
    )
    .map(({ name }) => name);
  return [...new Set(regions)].sort();
}

function isReleaseDesired(cell: DeliveryCell | undefined): boolean {
  return (
    cell?.desired.status === 'ok' && cell.desired.value.version !== UNRELEASED
  );
}
