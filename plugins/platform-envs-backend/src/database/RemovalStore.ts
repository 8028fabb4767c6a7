import {
  Removal,
  RemovalEvent,
  RemovalState,
} from '@fairway/plugin-platform-envs-common';

/** One line for the record. */
export interface RemovalRecord {
  actor: string;
  event: string;
  message: string;
  details?: object;
}

/** What somebody is to be told, once for each key. */
export interface RemovalNotice {
  key: string;
  recipients: string[];
  title: string;
  description: string;
  link: string;
  severity: 'normal' | 'high';
}

/** A change: the removal after it, what the record says of it, and who is told. */
export interface RemovalChange {
  removal: Removal;
  record: RemovalRecord;
  notices?: RemovalNotice[];
}

/** Which removals to list. */
export interface RemovalQuery {
  states?: RemovalState[];
  componentRef?: string;
  limit: number;
}

/** Where removals are kept. */
export interface RemovalStore {
  /**
   * Keeps a new one.
   *
   * @returns undefined when another one of the component is open.
   */
  create(change: RemovalChange): Promise<Removal | undefined>;
  get(id: string): Promise<Removal | undefined>;
  /** The one of a component that has not ended. */
  findOpen(componentRef: string): Promise<Removal | undefined>;
  /** Newest first. */
  list(query: RemovalQuery): Promise<Removal[]>;
  /**
   * Changes one, with its line of the record and its notices in one
   * transaction. `change` is handed what is kept now, and may be called again
   * when somebody else was faster; without an answer nothing changes.
   *
   * @throws NotFoundError - nothing is kept under this id.
   * @throws as `change` does.
   */
  update(
    id: string,
    change: (current: Removal) => RemovalChange | undefined,
  ): Promise<Removal>;
  /** Oldest first. */
  events(id: string): Promise<RemovalEvent[]>;
  /** Notices that have not gone, oldest first. */
  pendingNotices(): Promise<
    Array<{ id: number; removalId: string; notice: RemovalNotice }>
  >;
  markNotice(id: number, outcome: 'sent' | 'failed'): Promise<void>;
}
