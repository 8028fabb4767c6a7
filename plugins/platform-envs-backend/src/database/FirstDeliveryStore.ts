import {
  FirstDelivery,
  FirstDeliveryState,
} from '@fairway/plugin-platform-envs-common';

/** Since when something is wrong that may yet mend itself. */
export interface Trouble {
  /** What is wrong; another thing starts another wait. */
  key: string;
  /** ISO 8601 UTC. */
  since: string;
}

/** A first delivery with what the portal needs to follow it. */
export interface StoredFirstDelivery {
  delivery: FirstDelivery;
  /** Image repository without tag or digest. */
  image: string;
  /** Page of the source repository. */
  repositoryUrl: string;
  trouble?: Trouble;
  /** Grows by one with every change. */
  version: number;
}

/** What is sent to its requester when it ends, once for each outcome. */
export interface FirstDeliveryNotice {
  recipient: string;
  title: string;
  description: string;
  link: string;
  severity: 'normal' | 'high';
}

/** A notice that still has to go. */
export interface PendingNotice {
  id: number;
  deliveryId: string;
  outcome: string;
  notice: FirstDeliveryNotice;
}

/** Which first deliveries to list. */
export interface FirstDeliveryQuery {
  states?: FirstDeliveryState[];
  requestedBy?: string;
  componentRef?: string;
  limit: number;
}

/** Where first deliveries are kept. */
export interface FirstDeliveryStore {
  /** The one that is kept for this component, environment and task, made if there was none. */
  create(
    entry: Omit<StoredFirstDelivery, 'version'>,
  ): Promise<{ stored: StoredFirstDelivery; created: boolean }>;
  get(id: string): Promise<StoredFirstDelivery | undefined>;
  /** Newest first. */
  list(query: FirstDeliveryQuery): Promise<StoredFirstDelivery[]>;
  /** Those that are to be looked at, the one that has waited longest first. */
  listDue(now: Date, limit: number): Promise<StoredFirstDelivery[]>;
  /** Has an open one looked at next, whenever it was due. */
  lookSoon(id: string, now: Date): Promise<void>;
  /** How many are open. */
  countOpen(): Promise<number>;
  /**
   * Saves what was seen, with what its requester is to be told of it, in one
   * transaction. A notice for an outcome that was told already is left out.
   *
   * @returns false when somebody else saved since it was read; nothing is
   *   written then.
   */
  save(
    stored: StoredFirstDelivery,
    options: { nextLookAt: Date; notice?: FirstDeliveryNotice },
  ): Promise<boolean>;
  /** Notices that have not gone, oldest first. */
  pendingNotices(): Promise<PendingNotice[]>;
  /** Notes that a notice has gone, or that it could not go this time. */
  markNotice(id: number, outcome: 'sent' | 'failed'): Promise<void>;
}
