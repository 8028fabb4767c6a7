import { World } from '../../types';
import { AwsError } from '../AwsError';
import { policyAllows } from '../repositoryPolicy';
import { RegistryBook } from './RegistryBook';
import { RegistrySettings } from './RegistrySettings';
import { ImageReplication, RegistryImage, RegistryRef } from './types';

// What a replication between two regions of a quiet registry takes.
const REPLICATION_MS = 2_000;

/**
 * Copies what is pushed to the registries that the rules of its own name, a
 * little later. Another account must let it in by the policy of its registry.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
 */
export class ImageReplicator {
  constructor(
    private readonly world: Pick<World, 'schedule'>,
    private readonly book: RegistryBook,
    private readonly settings: RegistrySettings,
    private readonly target: {
      /** @throws AwsError - the other end does not take it. */
      receive(source: RegistryImage, destination: RegistryRef): RegistryImage;
      /** A copy is complete. */
      received(copy: RegistryImage): void;
    },
  ) {}

  /** Where the images of a repository go. */
  destinationsOf(image: RegistryRef & { repository: string }): RegistryRef[] {
    return this.book
      .rules(image)
      .filter(
        ({ prefixes }) =>
          prefixes.length === 0 ||
          prefixes.some(prefix => image.repository.startsWith(prefix)),
      )
      .flatMap(({ destinations }) => destinations);
  }

  /** Sends an image on its way to all its destinations. */
  begin(image: RegistryImage): void {
    image.replications = this.destinationsOf(image).map(destination => ({
      ...destination,
      status: 'IN_PROGRESS',
    }));
    image.replications.forEach(replication =>
      this.finishLater(image, replication),
    );
  }

  /** Takes up what was under way. */
  resume(): void {
    for (const { name, ...registry } of this.book.repositories()) {
      for (const image of this.book.images(registry, name).values()) {
        image.replications
          .filter(({ status }) => status === 'IN_PROGRESS')
          .forEach(replication => this.finishLater(image, replication));
      }
    }
  }

  private finishLater(
    image: RegistryImage,
    replication: ImageReplication,
  ): void {
    this.world.schedule(REPLICATION_MS, () => {
      const source = this.book
        .images(image, image.repository)
        .get(image.digest);
      if (!source) {
        return;
      }
      try {
        this.checkLetIn(source, replication);
        const copy = this.target.receive(source, replication);
        replication.status = 'COMPLETE';
        this.target.received(copy);
      } catch (error) {
        replication.status = 'FAILED';
        replication.failureCode = (error as Error).name;
      }
      this.book.touch();
    });
  }

  private checkLetIn(source: RegistryImage, destination: RegistryRef): void {
    if (source.accountId === destination.accountId) {
      return;
    }
    const { policy } = this.settings.of(destination);
    if (
      !policy ||
      !policyAllows(policy, source.accountId, 'ecr:ReplicateImage')
    ) {
      throw new AwsError(
        'AccessDeniedException',
        `The registry of account ${destination.accountId} does not let account ${source.accountId} replicate into it`,
      );
    }
  }
}
