import { NotAllowedError, NotFoundError } from '@backstage/errors';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { ApplicationBook } from './ApplicationBook';
import { ArgocdClient } from './ArgocdClient';
import { UnusableAnswerError } from './ArgocdHttp';

/** What people and promotions have Argo CD do; its answers go into the book. */
export class ApplicationOperations {
  constructor(
    private readonly options: {
      title: string;
      client: ArgocdClient;
      book: ApplicationBook;
      parse: (document: unknown) => Deployment | undefined;
      /** `changed`: the answer is news. */
      onAnswer: (deployment: Deployment, changed: boolean) => void;
      signal: AbortSignal;
    },
  ) {}

  /** Has Argo CD look at Git again. */
  async refresh(
    name: string,
    options?: { namespace?: string },
  ): Promise<Deployment> {
    const { book, client, signal } = this.options;
    const namespace = options?.namespace ?? book.find(name)?.namespace;
    const asked = book.mark();
    const body = await this.visible(name, namespace, () =>
      client.get(name, { namespace, refresh: true, signal }),
    );
    return this.#accept(name, body, asked);
  }

  /** Asks for a sync; with several sources, of the one with the overlay. */
  async sync(
    name: string,
    options?: { revision?: string; namespace?: string },
  ): Promise<Deployment> {
    const { book, client } = this.options;
    const known = book.find(name, options?.namespace);
    const namespace = options?.namespace ?? known?.namespace;
    const position = known?.source?.position;
    const revision = options?.revision;
    const asked = book.mark();
    const body = await this.visible(name, namespace, () =>
      client.sync(name, {
        ...(namespace && { appNamespace: namespace }),
        ...(revision &&
          (position
            ? { revisions: [revision], sourcePositions: [position] }
            : { revision })),
      }),
    );
    return this.#accept(name, body, asked);
  }

  /** Argo CD answers 403 for what does not exist, so as not to tell names. */
  async visible<T>(
    name: string,
    namespace: string | undefined,
    call: () => Promise<T>,
  ): Promise<T> {
    const { book, title } = this.options;
    try {
      return await call();
    } catch (error) {
      const isKnown = book.find(name, namespace) !== undefined;
      if (error instanceof NotAllowedError && !isKnown) {
        throw new NotFoundError(
          `${title} has no application ${name}, or its token may not see it`,
        );
      }
      throw error;
    }
  }

  #accept(name: string, body: unknown, asked: number): Deployment {
    const { book, parse, title, onAnswer } = this.options;
    const deployment = parse(body);
    if (!deployment) {
      throw new UnusableAnswerError(
        `${title} answered with something that is not application ${name}`,
      );
    }
    onAnswer(deployment, book.putAnswer(deployment, asked));
    return deployment;
  }
}
