/** How long things may take, in milliseconds. */
export interface PromotionTimings {
  /** Healthy for this long before a promotion counts as succeeded. */
  soakMs: number;
  /** From the commit to Synced. */
  syncDeadlineMs: number;
  /** From Synced to Healthy for the soak time. */
  verifyDeadlineMs: number;
  /** Degraded for this long is a failure. */
  degradedGraceMs: number;
  /** Approved, but not started for this long: expires. */
  startDeadlineMs: number;
}

export const DEFAULT_TIMINGS: PromotionTimings = {
  soakMs: 10_000,
  syncDeadlineMs: 15 * 60_000,
  verifyDeadlineMs: 15 * 60_000,
  degradedGraceMs: 60_000,
  startDeadlineMs: 4 * 3_600_000,
};
