import { Promotion } from '@fairway/plugin-platform-envs-common';
import { Knex } from 'knex';
import { StoredPromotion } from './PromotionStore';
import {
  ApprovalRow,
  PromotionRow,
  toProgress,
  toPromotion,
} from './promotionRows';

/** Promotions from their rows, in the same order, each with the decisions on it. */
export async function readDecided(
  knex: Knex,
  rows: PromotionRow[],
): Promise<StoredPromotion[]> {
  if (rows.length === 0) return [];
  const approvals = await knex<ApprovalRow>('promotion_approval')
    .whereIn(
      'promotion_id',
      rows.map(row => row.id),
    )
    .orderBy('sequence');
  return rows.map(row => ({
    promotion: toPromotion(
      row,
      approvals.filter(a => a.promotion_id === row.id),
    ),
    progress: toProgress(row),
  }));
}

/**
 * New decisions are added; of old ones only the reason for voiding changes.
 * Belongs into the transaction of the change.
 */
export async function saveApprovals(
  tx: Knex.Transaction,
  promotion: Promotion,
): Promise<void> {
  const known = await tx<ApprovalRow & { sequence: number }>(
    'promotion_approval',
  )
    .where('promotion_id', promotion.id)
    .orderBy('sequence');
  for (const [index, approval] of promotion.approvals.entries()) {
    const row = known[index];
    if (!row) {
      await tx<ApprovalRow>('promotion_approval').insert({
        promotion_id: promotion.id,
        actor: approval.actor,
        verdict: approval.verdict,
        comment: approval.comment,
        plan_digest: approval.planDigest,
        groups: JSON.stringify(approval.groups),
        at: Date.parse(approval.at),
        voided_reason: approval.voidedReason ?? null,
      });
    } else if (approval.voidedReason && !row.voided_reason) {
      await tx<ApprovalRow & { sequence: number }>('promotion_approval')
        .where('sequence', row.sequence)
        .update({ voided_reason: approval.voidedReason });
    }
  }
}
