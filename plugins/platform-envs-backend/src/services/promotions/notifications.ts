import { parseEntityRef } from '@backstage/catalog-model';
import {
  nameRelease,
  Promotion,
  PromotionState,
} from '@fairway/plugin-platform-envs-common';
import { OutboxEntry } from '../../database/PromotionStore';

/** What is sent: kept in the outbox until it has gone. */
export interface PromotionNotification {
  recipients: string[];
  title: string;
  description: string;
  link: string;
  severity: 'normal' | 'high';
}

/** Tells those who may approve that their decision is asked for. */
export function notifyApprovers(promotion: Promotion): OutboxEntry {
  const notification: PromotionNotification = {
    recipients: promotion.policy.approverGroups,
    title: `Approve ${subject(promotion)}?`,
    description: `${name(promotion.requestedBy)} asks: ${promotion.reason}`,
    link: `/promotions/${promotion.id}`,
    severity: 'normal',
  };
  return {
    effect: 'notify',
    key: `approvers:${promotion.plan?.planDigest}`,
    payload: { ...notification },
  };
}

const ENDINGS: Partial<Record<PromotionState, string>> = {
  SUCCEEDED: 'runs',
  FAILED: 'failed',
  REJECTED: 'was rejected',
  CANCELLED: 'was withdrawn',
  EXPIRED: 'expired',
  SUPERSEDED: 'gave way to a newer request',
};

/** Tells the requester how it ended. */
export function notifyRequester(
  promotion: Promotion,
  state: PromotionState,
  message = '',
): OutboxEntry {
  const notification: PromotionNotification = {
    recipients: [promotion.requestedBy],
    title: `${subject(promotion)} ${ENDINGS[state] ?? state}`,
    description: message,
    link: `/promotions/${promotion.id}`,
    severity: state === 'FAILED' ? 'high' : 'normal',
  };
  return {
    effect: 'notify',
    key: `requester:${state}`,
    payload: { ...notification },
  };
}

function subject(promotion: Promotion): string {
  const release = promotion.plan
    ? ` ${nameRelease(promotion.plan.release)}`
    : '';
  return `${name(promotion.componentRef)}${release} in ${name(
    promotion.toEnvironmentRef,
  )}`;
}

function name(ref: string): string {
  return parseEntityRef(ref).name;
}
