import { AuthService } from '@backstage/backend-plugin-api';
import {
  parseEntityRef,
  RELATION_MEMBER_OF,
  UserEntity,
} from '@backstage/catalog-model';
import { CatalogService } from '@backstage/plugin-catalog-node';

/** A person as the catalog knows them at this moment. */
export interface Person {
  ref: string;
  name: string;
  /** Lower case. */
  email?: string;
  /** Entity refs of the groups that they are a member of, themselves. */
  groups: string[];
}

/** Asks the catalog who people are; nothing is kept, for memberships change. */
export class People {
  constructor(
    private readonly options: { catalog: CatalogService; auth: AuthService },
  ) {}

  /** Undefined when the catalog has no such user. */
  async find(userRef: string): Promise<Person | undefined> {
    const { kind, namespace } = parseEntityRef(userRef);
    if (kind.toLocaleLowerCase('en-US') !== 'user' || !namespace) {
      return undefined;
    }
    const entity = (await this.options.catalog.getEntityByRef(userRef, {
      credentials: await this.options.auth.getOwnServiceCredentials(),
    })) as UserEntity | undefined;
    if (!entity) return undefined;
    return {
      ref: userRef,
      name: entity.spec?.profile?.displayName ?? entity.metadata.name,
      email: entity.spec?.profile?.email?.trim().toLocaleLowerCase('en-US'),
      groups: (entity.relations ?? [])
        .filter(relation => relation.type === RELATION_MEMBER_OF)
        .map(relation => relation.targetRef),
    };
  }

  /**
   * Why a person may not decide on what another asked for; undefined when they
   * may. Their groups are looked up now, whatever their token says.
   */
  async whyNotEligible(
    actorRef: string,
    subject: {
      requestedBy: string;
      approverGroups: string[];
      /** What was asked for; `promotion` when absent. */
      what?: string;
    },
  ): Promise<{ reason?: string; groups: string[] }> {
    const actor = await this.find(actorRef);
    if (!actor) {
      return {
        reason: `not_eligible: ${actorRef} is not in the catalog any more.`,
        groups: [],
      };
    }
    if (actorRef === subject.requestedBy) {
      return {
        reason: `self_approval: you asked for this ${
          subject.what ?? 'promotion'
        }; another person must decide on it.`,
        groups: [],
      };
    }
    const requester = await this.find(subject.requestedBy);
    if (actor.email && actor.email === requester?.email) {
      return {
        reason: `self_approval: ${actorRef} and ${subject.requestedBy} are one person (same e-mail); another person must decide.`,
        groups: [],
      };
    }
    const groups = actor.groups.filter(group =>
      subject.approverGroups.includes(group),
    );
    return groups.length > 0
      ? { groups }
      : {
          reason: `not_eligible: ${actorRef} is in none of ${subject.approverGroups.join(
            ', ',
          )}.`,
          groups: [],
        };
  }
}
