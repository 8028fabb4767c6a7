import { LoggerService } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { NotificationService } from '@backstage/plugin-notifications-node';
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
  RemovalStep,
  replanRemoval,
  RequestRemoval,
} from '@fairway/plugin-platform-envs-common';
import { ulid } from 'ulid';
import { RemovalStore } from '../../database/RemovalStore';
import { People } from '../promotions/People';
import { RemovalFacts } from './RemovalFacts';
import { askApprovers, tellRequester } from './removalNotices';

/** Who looks at a removal, and what the permission policy answered. */
export interface RemovalAsker {
  userRef?: string;
  mayApprove: boolean;
}

/** Removals: asked for, agreed to, begun, and brought to an end. */
export class RemovalService {
  constructor(
    private readonly options: {
      store: RemovalStore;
      facts: RemovalFacts;
      people: People;
      notifications: NotificationService;
      logger: LoggerService;
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
      await this.drain();
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
    await this.drain();
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
    await this.drain();
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

  /**
   * Lets the run take away what was agreed to. Asked again by a run that goes on
   * after it died, it answers the same.
   *
   * @throws NotAllowedError - not the requester's run.
   * @throws ConflictError - somebody has to agree yet, the plan is another one,
   *   an approver may not approve any more, or a promotion is being rolled out.
   */
  async begin(id: string, planDigest: string, actor: string): Promise<Removal> {
    const { store, facts, people } = this.options;
    const before = await this.get(id);
    assertRequester(before, actor);
    if (before.state === 'RUNNING') return before;
    const underWay = await facts.promotionsUnderWay(before.componentRef);
    if (underWay.length > 0) {
      throw new ConflictError(
        `A promotion of ${before.componentRef} is under way (${underWay.join(
          ', ',
        )}): wait until it has ended, then retry`,
      );
    }
    const approvers = before.approvals.filter(
      a => a.verdict === 'approve' && !a.voidedReason,
    );
    for (const approval of approvers) {
      const { reason } = await people.whyNotEligible(approval.actor, {
        requestedBy: before.requestedBy,
        approverGroups: before.policy.approverGroups,
        what: 'removal',
      });
      if (reason) return this.#void(id, approval.actor, reason);
    }
    const at = this.#now().toISOString();
    return store.update(id, current => {
      if (current.state === 'RUNNING') return undefined;
      const { have, need } = removalQuorum(current);
      if (current.state !== 'APPROVED' || have < need) {
        throw new ConflictError(
          `Removal ${id} is ${current.state} with ${have} of ${need} approvals and may not begin`,
        );
      }
      if (current.planDigest !== planDigest) {
        throw new ConflictError(
          'plan_changed: what would be taken away is not what was agreed to',
        );
      }
      return {
        removal: { ...current, state: 'RUNNING', updatedAt: at },
        record: {
          actor,
          event: 'begun',
          message: 'The run takes away what was agreed to.',
          details: { planDigest },
        },
      };
    });
  }

  /** Notes what the run did; the same step again takes the place of what was noted. */
  async progress(
    id: string,
    step: Omit<RemovalStep, 'at'>,
    actor: string,
  ): Promise<Removal> {
    assertRequester(await this.get(id), actor);
    const at = this.#now().toISOString();
    return this.options.store.update(id, current => {
      if (current.state !== 'RUNNING') {
        throw new ConflictError(`Removal ${id} is ${current.state}`);
      }
      const known = current.steps.findIndex(other => other.id === step.id);
      const was = current.steps[known];
      if (was?.state === step.state && was.sentence === step.sentence) {
        return undefined;
      }
      const steps = [...current.steps];
      steps.splice(known < 0 ? steps.length : known, known < 0 ? 0 : 1, {
        ...step,
        at,
      });
      return {
        removal: { ...current, steps, updatedAt: at },
        record: {
          actor,
          event: `step-${step.state}`,
          message: `${step.title}: ${step.sentence}`,
        },
      };
    });
  }

  /** Ends a removal whose run has taken everything away. */
  async complete(id: string, actor: string): Promise<Removal> {
    assertRequester(await this.get(id), actor);
    const at = this.#now().toISOString();
    const removal = await this.options.store.update(id, current => {
      if (current.state === 'DONE') return undefined;
      const open = current.steps.find(({ state }) => state !== 'done');
      if (current.state !== 'RUNNING' || open) {
        throw new ConflictError(
          `Removal ${id} is ${current.state}${
            open ? `, and "${open.title}" is not done` : ''
          }`,
        );
      }
      const done: Removal = {
        ...current,
        state: 'DONE',
        updatedAt: at,
        endedAt: at,
      };
      const message = 'Everything that was agreed to is gone.';
      return {
        removal: done,
        record: { actor, event: 'completed', message },
        notices: tellRequester(done, message),
      };
    });
    await this.drain();
    return removal;
  }

  /** Sends what waits. Never throws; what could not go is tried next time. */
  async drain(): Promise<void> {
    const { store, notifications, logger } = this.options;
    for (const { id, removalId, notice } of await store.pendingNotices()) {
      const { key, recipients, ...payload } = notice;
      try {
        await notifications.send({
          recipients: { type: 'entity', entityRef: recipients },
          payload: {
            ...payload,
            topic: 'removals',
            // sent twice, it is shown once
            scope: `removal:${removalId}:${key}`,
          },
        });
        await store.markNotice(id, 'sent');
      } catch (error) {
        logger.warn('A notification about a removal could not be sent', {
          removal: removalId,
          reason: String(error),
        });
        await store.markNotice(id, 'failed');
      }
    }
  }

  async #void(id: string, actor: string, reason: string): Promise<Removal> {
    const at = this.#now().toISOString();
    await this.options.store.update(id, current => {
      const waiting: Removal = {
        ...current,
        state: 'WAITING',
        approvals: current.approvals.map(approval =>
          approval.actor === actor && !approval.voidedReason
            ? { ...approval, voidedReason: reason }
            : approval,
        ),
        updatedAt: at,
      };
      return {
        removal: waiting,
        record: {
          actor: 'system:removals',
          event: 'approvalsVoided',
          message: reason,
        },
      };
    });
    throw new ConflictError(
      `The approval of ${actor} does not count any more: ${reason} Somebody else has to agree`,
    );
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

function assertRequester(removal: Removal, actor: string): void {
  if (removal.requestedBy !== actor) {
    throw new NotAllowedError(
      `Only the run of ${removal.requestedBy} carries out removal ${removal.id}`,
    );
  }
}
