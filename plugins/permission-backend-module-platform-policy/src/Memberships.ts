import { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { CatalogService } from '@backstage/plugin-catalog-node';

/** A person who asks for something. */
export interface Member {
  userRef: string;
  /** Groups that the catalog says they are a member of. */
  groups: string[];
  /** The person and the groups. */
  claims: string[];
}

/** Memberships change seldom; each page asks for several permissions at once. */
const KEEP_MS = 10_000;
/** From then on they are read again meanwhile, so that who works on does not wait. */
const RENEW_MS = 3_000;
const MAX_KEPT = 1000;

interface Kept {
  /** When they were asked for, milliseconds. */
  at: number;
  member: Promise<Member | undefined>;
  isRenewing?: boolean;
}

/**
 * Who people are, by the catalog of this moment and not by their token, so
 * that who leaves a group loses its rights within seconds.
 */
export class Memberships {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly options: {
      auth: AuthService;
      catalog: CatalogService;
      logger: LoggerService;
      now?: () => number;
    },
  ) {}

  /** Undefined when the catalog does not know the person, or does not answer. */
  async find(userRef: string): Promise<Member | undefined> {
    const now = (this.options.now ?? Date.now)();
    const kept = this.#kept.get(userRef);
    if (kept && now - kept.at < KEEP_MS) {
      if (now - kept.at >= RENEW_MS) this.#renew(userRef, kept, now);
      return kept.member;
    }
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    const member = this.#read(userRef);
    this.#kept.set(userRef, { at: now, member });
    return member;
  }

  /** Nobody waits; where it fails, what is kept ends at its time. */
  #renew(userRef: string, kept: Kept, at: number): void {
    if (kept.isRenewing) return;
    kept.isRenewing = true;
    this.#ask(userRef).then(
      member => {
        if (this.#kept.get(userRef) !== kept) return;
        this.#kept.set(userRef, { at, member: Promise.resolve(member) });
      },
      () => {
        kept.isRenewing = false;
      },
    );
  }

  async #read(userRef: string): Promise<Member | undefined> {
    try {
      return await this.#ask(userRef);
    } catch (error) {
      this.#kept.delete(userRef);
      this.options.logger.error(
        'Memberships cannot be read, so everything is refused',
        { userRef, reason: String(error) },
      );
      return undefined;
    }
  }

  async #ask(userRef: string): Promise<Member | undefined> {
    const { auth, catalog } = this.options;
    const entity = await catalog.getEntityByRef(userRef, {
      credentials: await auth.getOwnServiceCredentials(),
    });
    if (!entity || entity.kind !== 'User') return undefined;
    const groups = (entity.relations ?? [])
      .filter(relation => relation.type === 'memberOf')
      .map(relation => relation.targetRef);
    return { userRef, groups, claims: [userRef, ...groups] };
  }
}
