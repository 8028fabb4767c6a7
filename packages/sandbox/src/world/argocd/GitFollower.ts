import { GitPush, World } from '../types';
import { ApplicationStore } from './ApplicationStore';
import { parseManifests } from './parseManifests';
import { ApplicationInput } from './newApplication';
import { reads, repositoryOf, sourcesOf } from './sources';

/** From a push to the refresh that its webhook causes, ms. */
const WEBHOOK_MS = 150;
/** Argo CD's `timeout.reconciliation`; up to half as much is added as jitter. */
const RECONCILE_MS = 120_000;
/** Refreshes that polling has under way at a time, as a controller's status processors. */
const AT_A_TIME = 20;

/** Lets applications follow git: at once after a push, else every two to three minutes. */
export class GitFollower {
  private readonly pushed = new Set<string>();
  private readonly due = new Set<string>();
  private active = 0;
  private closed = false;

  constructor(
    private readonly world: Pick<
      World,
      'clock' | 'git' | 'platforms' | 'speed' | 'schedule' | 'report'
    >,
    private readonly store: ApplicationStore,
    private readonly act: {
      refresh(name: string): Promise<void>;
      upsert(input: ApplicationInput, past?: Date): void;
      /** After the applications of a repository were told of a push. */
      pushed(repository: string): Promise<void>;
    },
  ) {}

  run(): void {
    this.world.git.events.on('push', this.onPush);
    this.poll();
  }

  close(): void {
    this.closed = true;
    this.world.git.events.off('push', this.onPush);
  }

  /** Looks at every repository again, in the background. */
  refreshAll(): void {
    const repositories = new Set([
      ...this.world.platforms.map(p => p.gitopsRepository),
      ...this.store
        .list()
        .flatMap(a => sourcesOf(a.spec).map(s => repositoryOf(s.repoURL))),
    ]);
    repositories.forEach(repository =>
      this.background(() => this.refreshRepository(repository)),
    );
  }

  /**
   * Applies the root applications that a platform's repository holds under
   * `<gitops path>/root`, as its bootstrap does (`kubectl apply -f`).
   */
  async bootstrap(repository: string, past?: Date): Promise<void> {
    for (const platform of this.world.platforms) {
      if (platform.gitopsRepository !== repository) {
        continue;
      }
      const { git } = this.world;
      const files = await git.listFiles(
        repository,
        'main',
        `${platform.gitopsPath}/root`,
      );
      for (const file of files.filter(f => /\.ya?ml$/.test(f))) {
        const content = await git.readFile(repository, 'main', file);
        const root = rootApplication(content);
        if (!root) {
          this.world.report(
            `${repository}:${file} is not an Argo CD Application; it is passed over`,
          );
          continue;
        }
        const before = this.store.get(root.metadata.name);
        if (
          !before ||
          JSON.stringify(before.spec) !== JSON.stringify(root.spec)
        ) {
          this.act.upsert(root, past);
        }
      }
    }
  }

  /** Refreshes an application when it is its turn; nobody waits for it. */
  refreshLater(name: string): void {
    this.due.add(name);
    this.next();
  }

  private readonly onPush = (push: GitPush) => {
    if (this.pushed.has(push.repository)) {
      return;
    }
    this.pushed.add(push.repository);
    this.world.schedule(WEBHOOK_MS, () => {
      this.pushed.delete(push.repository);
      return this.refreshRepository(push.repository);
    });
  };

  private async refreshRepository(repository: string): Promise<void> {
    await this.bootstrap(repository);
    this.store
      .list()
      .filter(application => reads(application, repository))
      .forEach(application => this.refreshLater(application.metadata.name));
    await this.act.pushed(repository);
  }

  private readonly poll = () => {
    const now = this.world.clock.now().getTime();
    for (const { metadata, status } of this.store.list()) {
      const jitter = (hash(metadata.name) % 100) / 200;
      const age = now - Date.parse(status.reconciledAt ?? '1970');
      if (age * this.world.speed > RECONCILE_MS * (1 + jitter)) {
        this.refreshLater(metadata.name);
      }
    }
    if (!this.closed) {
      this.world.schedule(
        Math.max(RECONCILE_MS / 120, 1000 * this.world.speed),
        this.poll,
      );
    }
  };

  private next() {
    while (!this.closed && this.active < AT_A_TIME && this.due.size > 0) {
      const [name] = this.due;
      this.due.delete(name);
      this.active += 1;
      this.background(() =>
        this.act.refresh(name).finally(() => {
          this.active -= 1;
          this.next();
        }),
      );
    }
  }

  private background(task: () => Promise<void>) {
    task().catch(error => {
      if (!this.closed) {
        this.world.report('Argo CD could not reconcile', error);
      }
    });
  }
}

/** The application in a root file; undefined when the file holds something else. */
function rootApplication(
  content: string | undefined,
): ApplicationInput | undefined {
  try {
    return parseManifests(content ?? '').find(
      o =>
        o.kind === 'Application' &&
        o.metadata?.name &&
        (o.spec?.source || o.spec?.sources),
    ) as unknown as ApplicationInput | undefined;
  } catch {
    return undefined;
  }
}

function hash(text: string): number {
  return [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7);
}
