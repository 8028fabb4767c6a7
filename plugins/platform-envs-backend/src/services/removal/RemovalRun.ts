import { ConflictError, NotAllowedError } from '@backstage/errors';
import {
  Removal,
  removalQuorum,
  RemovalStep,
} from '@fairway/plugin-platform-envs-common';
import { RemovalStore } from '../../database/RemovalStore';
import { People } from '../promotions/People';
import { RemovalFacts } from './RemovalFacts';
import { RemovalNotifier } from './RemovalNotifier';
import { tellRequester } from './removalNotices';
import { RemovalService } from './RemovalService';

/**
 * What the run of a removal does, in the name of whoever asked for it: begin,
 * note its steps, bring it to an end.
 */
export class RemovalRun {
  constructor(
    private readonly options: {
      store: RemovalStore;
      service: RemovalService;
      facts: RemovalFacts;
      people: People;
      notifier: RemovalNotifier;
      now?: () => Date;
    },
  ) {}

  /**
   * Lets the run take away what was agreed to. Asked again by a run that goes on
   * after it died, it answers the same.
   *
   * @throws NotAllowedError - not the requester's run.
   * @throws ConflictError - somebody has to agree yet, the plan is another one,
   *   an approver may not approve any more, or a promotion is being rolled out.
   */
  async begin(id: string, planDigest: string, actor: string): Promise<Removal> {
    const { store, service, facts, people } = this.options;
    const before = await service.get(id);
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
    assertRequester(await this.options.service.get(id), actor);
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
    const { store, service, notifier } = this.options;
    assertRequester(await service.get(id), actor);
    const at = this.#now().toISOString();
    const removal = await store.update(id, current => {
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
    await notifier.drain();
    return removal;
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
