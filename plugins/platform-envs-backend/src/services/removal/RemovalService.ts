import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  availableRemovalActions,
  DecideRemovalRequest,
  decideRemoval,
  isOpenRemoval,
  OPEN_REMOVAL_STATES,
  Removal,
  RemovalDetail,
  RemovalList,
  RemovalPreview,
  removalQuorum,
  replanRemoval,
  RequestRemoval,
} from '@fairway/plugin-platform-envs-common';
import { ulid } from 'ulid';
import { RemovalStore } from '../../database/RemovalStore';
import { People } from '../promotions/People';
import { RemovalFacts } from './RemovalFacts';
import { RemovalNotifier } from './RemovalNotifier';
import { askApprovers, tellRequester } from './removalNotices';

/** Who looks at a removal, and what the permission policy answered. */
export interface RemovalAsker {
  userRef?: string;
  mayApprove: boolean;
}

/** What people do with removals: ask, look, decide, withdraw. */
export class RemovalService {
  constructor(
    private readonly options: {
      store: RemovalStore;
      facts: RemovalFacts;
      people: People;
      notifier: RemovalNotifier;
      now?: () => Date;
    },
  ) {}

  /** What a removal would take away and who would have to agree; nothing is kept. */
  async preview(request: RequestRemoval): Promise<RemovalPreview> {
    const { plan, planDigest, policy } = await this.options.facts.plan(request);
    return { plan, planDigest, policy };
  }

  /**
   * Asks for a removal, or brings an open one up to date: the same plan changes
   * nothing; another one voids what was agreed to. One that has begun stays as
   * it is.
   *
   * @throws InputError - something depends on it, and that was not said to be known.
   * @throws ConflictError - somebody else's removal of it is open.
   */
  async request(
    request: RequestRemoval,
    requestedBy: string,
  ): Promise<{ removal: Removal; created: boolean }> {
    const { store, facts } = this.options;
    const open = await store.findOpen(request.componentRef);
    if (open && open.requestedBy !== requestedBy) {
      throw new ConflictError(
        `${open.requestedBy} has asked for the removal of ${request.componentRef} already (${open.id}): it is ${open.state}`,
      );
    }
    if (open?.state === 'RUNNING') return { removal: open, created: false };
    const { plan, planDigest, policy, systemRef } = await facts.plan(request);
    if (plan.dependents.length > 0 && !plan.despiteDependents) {
      throw new InputError(
        `Something still depends on ${request.componentRef}: ${plan.dependents
          .map(({ entityRef, how }) => `${entityRef} ${how}`)
          .join(
            '; ',
          )}. Move them first, or say that it is to go in spite of them`,
      );
    }
    if (policy.minApprovals > 0 && policy.approverGroups.length === 0) {
      throw new InputError(
        `Somebody has to agree (${policy.reasons.join(
          ' ',
        )}), but no environment of ${systemRef} says who: set spec.delivery.approvers`,
      );
    }
    const at = this.#now().toISOString();
    const next = { plan, planDigest, policy };
    if (open) {
      const removal = await store.update(open.id, current => {
        if (!isOpenRemoval(current) || current.state === 'RUNNING') {
          return undefined;
        }
        const isSame = current.planDigest === planDigest;
        if (isSame && current.taskId === request.taskId) return undefined;
        const replanned: Removal = {
          ...replanRemoval(current, next, at),
          reason: request.reason,
          ...(request.taskId && { taskId: request.taskId }),
        };
        return {
          removal: replanned,
          record: {
            actor: requestedBy,
            event: isSame ? 'resumed' : 'replanned',
            message: isSame
              ? 'Another run takes it over.'
              : 'What would be taken away has changed; what was agreed to before does not count.',
            details: { planDigest },
          },
          notices: askApprovers(replanned),
        };
      });
      await this.options.notifier.drain();
      return { removal, created: false };
    }
    const fresh: Removal = {
      id: ulid(Date.parse(at)),
      componentRef: request.componentRef,
      systemRef,
      requestedBy,
      reason: request.reason,
      ...(request.taskId && { taskId: request.taskId }),
      state: policy.minApprovals > 0 ? 'WAITING' : 'APPROVED',
      ...next,
      approvals: [],
      steps: [],
      createdAt: at,
      updatedAt: at,
    };
    const removal = await store.create({
      removal: fresh,
      record: {
        actor: requestedBy,
        event: 'requested',
        message: request.reason,
        details: { planDigest },
      },
      notices: askApprovers(fresh),
    });
    await this.options.notifier.drain();
    if (removal) return { removal, created: true };
    // somebody was faster by a moment
    return this.request(request, requestedBy);
  }

  /** @throws NotFoundError - nothing is kept under this id. */
  async get(id: string): Promise<Removal> {
    const removal = await this.options.store.get(id);
    if (!removal) throw new NotFoundError(`There is no removal ${id}`);
    return removal;
  }

  /** One removal with what the viewer may do about it. */
  async detail(id: string, viewer: RemovalAsker): Promise<RemovalDetail> {
    const removal = await this.get(id);
    return {
      removal,
      quorum: removalQuorum(removal),
      availableActions: await this.#actions(removal, viewer),
      events: await this.options.store.events(id),
    };
  }

  /** Newest first. */
  async list(query: {
    scope: 'waiting' | 'open' | 'all';
    componentRef?: string;
    limit: number;
    viewerOf: (removal: Removal) => Promise<RemovalAsker>;
  }): Promise<RemovalList> {
    const removals = await this.options.store.list({
      ...(query.scope === 'open' && { states: OPEN_REMOVAL_STATES }),
      ...(query.scope === 'waiting' && { states: ['WAITING'] }),
      ...(query.componentRef && { componentRef: query.componentRef }),
      limit: query.limit,
    });
    const items = await Promise.all(
      removals.map(async removal => ({
        removal,
        quorum: removalQuorum(removal),
        viewerCanDecide:
          removal.state === 'WAITING' &&
          (
            await this.#actions(removal, await query.viewerOf(removal))
          ).some(({ action, allowed }) => action === 'approve' && allowed),
      })),
    );
    return {
      items:
        query.scope === 'waiting'
          ? items.filter(({ viewerCanDecide }) => viewerCanDecide)
          : items,
    };
  }

  /**
   * Records one person's yes or no.
   *
   * @throws NotAllowedError - the requester, or somebody not eligible now.
   * @throws ConflictError - the plan is another one now, or it is too late.
   */
  async decide(
    id: string,
    decision: DecideRemovalRequest,
    actor: string,
  ): Promise<Removal> {
    const { store, people } = this.options;
    const before = await this.get(id);
    if (before.policy.minApprovals === 0) {
      throw new ConflictError(
        `no_approval_needed: nobody has to agree to removal ${id}.`,
      );
    }
    const { reason, groups } = await people.whyNotEligible(actor, {
      requestedBy: before.requestedBy,
      approverGroups: before.policy.approverGroups,
      what: 'removal',
    });
    if (reason) throw new NotAllowedError(reason);
    const at = this.#now().toISOString();
    const removal = await store.update(id, current => {
      const decided = decideRemoval(current, {
        ...decision,
        actor,
        groups,
        at,
      });
      return {
        removal: decided,
        record: {
          actor,
          event: decision.verdict === 'approve' ? 'approved' : 'rejected',
          message: decision.comment,
          details: { planDigest: decision.planDigest, groups },
        },
        notices: tellRequester(decided, decision.comment),
      };
    });
    await this.options.notifier.drain();
    return removal;
  }

  /** @throws ConflictError - it has begun, or ended. */
  async cancel(id: string, reason: string, actor: string): Promise<Removal> {
    const at = this.#now().toISOString();
    return this.options.store.update(id, current => {
      const [refusal] = availableRemovalActions(current, {
        userRef: actor,
        mayApprove: false,
      }).filter(({ action, allowed }) => action === 'cancel' && !allowed);
      if (refusal) throw new ConflictError(refusal.reason!);
      return {
        removal: {
          ...current,
          state: 'CANCELLED',
          updatedAt: at,
          endedAt: at,
        },
        record: { actor, event: 'cancelled', message: reason },
      };
    });
  }

  async #actions(removal: Removal, viewer: RemovalAsker) {
    if (!isOpenRemoval(removal) || !viewer.userRef) {
      return availableRemovalActions(removal, viewer);
    }
    const { reason } = await this.options.people.whyNotEligible(
      viewer.userRef,
      {
        requestedBy: removal.requestedBy,
        approverGroups: removal.policy.approverGroups,
        what: 'removal',
      },
    );
    return availableRemovalActions(removal, {
      ...viewer,
      mayApprove: viewer.mayApprove && !reason,
      isRequesterByAnotherName: Boolean(reason?.startsWith('self_approval')),
    });
  }

  #now(): Date {
    return (this.options.now ?? (() => new Date()))();
  }
}
