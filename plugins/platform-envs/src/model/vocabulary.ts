import {
  DeliveryCell,
  GateResult,
  HealthStatus,
  PromotionState,
  SyncStatus,
} from '@fairway/plugin-platform-envs-common';

/** Gives a state its colour and its shape. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle' | 'unknown';

/** What a state is called and how it looks, everywhere. */
export interface StateWord {
  word: string;
  tone: Tone;
}

const HEALTH: Record<HealthStatus, StateWord> = {
  Healthy: { word: 'Healthy', tone: 'good' },
  Progressing: { word: 'Progressing', tone: 'busy' },
  Degraded: { word: 'Degraded', tone: 'bad' },
  Suspended: { word: 'Suspended', tone: 'idle' },
  Missing: { word: 'Missing', tone: 'bad' },
  Unknown: { word: 'Unknown', tone: 'unknown' },
};

const SYNC: Record<SyncStatus, StateWord> = {
  Synced: { word: 'Synced', tone: 'good' },
  OutOfSync: { word: 'Out of sync', tone: 'warn' },
  Unknown: { word: 'Unknown', tone: 'unknown' },
};

const CELL: Record<DeliveryCell['state'], StateWord> = {
  degraded: { word: 'Degraded', tone: 'bad' },
  missing: { word: 'Missing', tone: 'bad' },
  'out-of-sync': { word: 'Out of sync', tone: 'warn' },
  progressing: { word: 'Progressing', tone: 'busy' },
  unknown: { word: 'Unknown', tone: 'unknown' },
  suspended: { word: 'Suspended', tone: 'idle' },
  'not-deployed': { word: 'Not deployed yet', tone: 'idle' },
  healthy: { word: 'Healthy', tone: 'good' },
};

const PROMOTION: Record<PromotionState, StateWord> = {
  PLANNING: { word: 'Planning', tone: 'busy' },
  WAITING: { word: 'Waiting', tone: 'warn' },
  APPROVED: { word: 'Approved', tone: 'busy' },
  WRITING: { word: 'Writing', tone: 'busy' },
  SYNCING: { word: 'Syncing', tone: 'busy' },
  VERIFYING: { word: 'Verifying', tone: 'busy' },
  SUCCEEDED: { word: 'Succeeded', tone: 'good' },
  REJECTED: { word: 'Rejected', tone: 'bad' },
  CANCELLED: { word: 'Cancelled', tone: 'idle' },
  EXPIRED: { word: 'Expired', tone: 'idle' },
  SUPERSEDED: { word: 'Superseded', tone: 'idle' },
  FAILED: { word: 'Failed', tone: 'bad' },
};

const GATE: Record<GateResult['state'], StateWord> = {
  passing: { word: 'Passing', tone: 'good' },
  pending: { word: 'Pending', tone: 'busy' },
  failing: { word: 'Failing', tone: 'bad' },
  unknown: { word: 'Unknown', tone: 'unknown' },
};

/** Argo CD's word for health. */
export const healthWord = (status: HealthStatus) => HEALTH[status];

/** Argo CD's word for sync. */
export const syncWord = (status: SyncStatus) => SYNC[status];

/** The state of one component in one environment. */
export const cellWord = (state: DeliveryCell['state']) => CELL[state];

/** Where a promotion stands. */
export const promotionWord = (state: PromotionState) => PROMOTION[state];

/** The answer of a gate. */
export const gateWord = (state: GateResult['state']) => GATE[state];
