/** Remembers which deliveries of webhooks were taken. */
export interface WebhookDeliveryStore {
  /** Takes a delivery; false when it was taken before, by whichever replica. */
  take(id: string): Promise<boolean>;
}
