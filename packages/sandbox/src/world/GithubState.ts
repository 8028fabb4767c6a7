import { EventEmitter } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { GithubEvent } from './github/githubEvents';
import { GithubRateLimit } from './github/GithubRateLimit';
import {
  GithubAccount,
  GithubRepository,
  GithubTeam,
  PullRequest,
} from './github/githubTypes';

/** The only token the sandbox accepts, and who it belongs to. */
export const GITHUB_TOKEN = 'sandbox-github-token';

/** What webhooks that are there from the start are signed with. Published like all secrets of the sandbox. */
export const GITHUB_WEBHOOK_SECRET = 'sandbox-github-webhook-secret';

/** Login of the token's owner. */
export const GITHUB_LOGIN = 'fairway-portal';

interface Data {
  nextId: number;
  accounts: Record<string, GithubAccount>;
  repositories: Record<string, GithubRepository>;
  /** Teams by `org/slug`. */
  teams: Record<string, GithubTeam>;
  /** Id of the repository that had a name before, by lower-case name. */
  renamed: Record<string, number>;
}

const empty = (): Data => ({
  nextId: 1001,
  accounts: {},
  repositories: {},
  teams: {},
  renamed: {},
});

/**
 * GitHub's own knowledge, kept in `<dataDir>/github.json`. Logins and
 * repository names are found whatever their case, as on GitHub.
 */
export class GithubState {
  /** Emits `event` with {@link GithubEvent}: what webhooks tell of, beside pushes. */
  readonly events = new EventEmitter();
  /** How many calls each account may make. */
  readonly rateLimit = new GithubRateLimit();
  private data: Data;
  private pending: NodeJS.Immediate | undefined;

  static open(dataDir: string): GithubState {
    return new GithubState(join(dataDir, 'github.json'));
  }

  private constructor(private readonly file: string) {
    this.data = existsSync(file)
      ? upToDate({ ...empty(), ...JSON.parse(readFileSync(file, 'utf8')) })
      : empty();
    this.events.setMaxListeners(0);
  }

  /** Tells those who listen that something happened, after it did. */
  emit(event: GithubEvent): void {
    this.events.emit('event', event);
  }

  nextId(): number {
    const id = this.data.nextId;
    this.data.nextId += 1;
    return id;
  }

  repositories(): GithubRepository[] {
    return Object.values(this.data.repositories);
  }

  repository(fullName: string): GithubRepository | undefined {
    return own(this.data.repositories, fullName);
  }

  repositoryById(id: number): GithubRepository | undefined {
    return this.repositories().find(repository => repository.id === id);
  }

  /** The repository that had this name before it was renamed; a new one of that name ends it. */
  renamedRepository(fullName: string): GithubRepository | undefined {
    const id = this.repository(fullName)
      ? undefined
      : own(this.data.renamed, fullName);
    return id === undefined ? undefined : this.repositoryById(id);
  }

  addRepository(
    repository: Pick<GithubRepository, 'fullName' | 'createdAt'> &
      Partial<GithubRepository>,
  ): GithubRepository {
    const added: GithubRepository = {
      id: this.nextId(),
      private: true,
      topics: [],
      defaultBranch: 'main',
      updatedAt: repository.createdAt,
      archived: false,
      settings: {},
      protection: {},
      collaborators: {},
      teams: {},
      variables: {},
      secrets: {},
      environments: {},
      statuses: {},
      checkRuns: [],
      runs: [],
      pulls: [],
      hooks: [],
      deployments: [],
      ...repository,
    };
    this.data.repositories[added.fullName.toLowerCase()] = added;
    delete this.data.renamed[added.fullName.toLowerCase()];
    this.save();
    return added;
  }

  removeRepository(fullName: string): void {
    delete this.data.repositories[fullName.toLowerCase()];
    this.save();
  }

  /** Gives a repository another name; the old one leads to it from now on. */
  renameRepository(repository: GithubRepository, fullName: string): void {
    const before = repository.fullName.toLowerCase();
    delete this.data.repositories[before];
    repository.fullName = fullName;
    this.data.repositories[fullName.toLowerCase()] = repository;
    this.data.renamed[before] = repository.id;
    delete this.data.renamed[fullName.toLowerCase()];
    this.save();
  }

  accounts(): GithubAccount[] {
    return Object.values(this.data.accounts);
  }

  account(login: string): GithubAccount | undefined {
    return own(this.data.accounts, login);
  }

  accountByEmail(email: string): GithubAccount | undefined {
    return this.accounts().find(account => account.email === email);
  }

  addAccount(account: Omit<GithubAccount, 'id'>): GithubAccount {
    const added = { ...account, id: this.nextId() };
    this.data.accounts[account.login.toLowerCase()] = added;
    this.save();
    return added;
  }

  /** Makes an account a member of an organisation, or changes its role. */
  addMember(org: string, login: string, role: 'admin' | 'member'): void {
    const account = this.account(org);
    if (account?.type !== 'Organization') {
      throw new Error(`${org} is no organisation`);
    }
    account.members = { ...account.members, [login]: role };
    this.save();
  }

  /** Teams of an organisation, by slug. */
  teams(org: string): GithubTeam[] {
    return Object.values(this.data.teams)
      .filter(team => team.org.toLowerCase() === org.toLowerCase())
      .sort((a, b) => a.slug.localeCompare(b.slug));
  }

  team(org: string, slug: string): GithubTeam | undefined {
    return own(this.data.teams, `${org}/${slug}`);
  }

  addTeam(team: Omit<GithubTeam, 'id'>): GithubTeam {
    const added = { ...team, id: this.nextId() };
    this.data.teams[`${team.org}/${team.slug}`.toLowerCase()] = added;
    this.save();
    return added;
  }

  /** Call after changing anything that was handed out. */
  save(): void {
    this.pending ??= setImmediate(() => this.flush());
  }

  /** Writes to disk now what {@link save} has announced. */
  flush(): void {
    if (!this.pending) {
      return;
    }
    clearImmediate(this.pending);
    this.pending = undefined;
    mkdirSync(dirname(this.file), { recursive: true });
    const unfinished = `${this.file}.new`;
    writeFileSync(unfinished, JSON.stringify(this.data));
    renameSync(unfinished, this.file);
  }

  /** Forgets everything. */
  clear(): void {
    this.data = empty();
    this.rateLimit.calm();
    this.save();
  }
}

/** A name such as `__proto__` is no entry. */
function own<T>(table: Record<string, T>, name: string): T | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Fills in what an older sandbox did not keep. */
function upToDate(data: Data): Data {
  for (const repository of Object.values(data.repositories)) {
    repository.deployments ??= [];
    for (const pull of repository.pulls as Array<Partial<PullRequest>>) {
      pull.threads ??= [];
    }
    for (const hook of repository.hooks) {
      hook.deliveries ??= [];
    }
  }
  for (const [key, team] of Object.entries(data.teams)) {
    const [org, slug] = key.split('/');
    data.teams[key] = {
      ...team,
      org: team.org ?? org,
      slug: team.slug ?? slug,
      members: team.members ?? [],
    };
  }
  return data;
}
