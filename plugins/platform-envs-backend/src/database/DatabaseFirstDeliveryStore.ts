import {
  FirstDelivery,
  FirstDeliveryState,
  OPEN_FIRST_DELIVERY_STATES,
} from '@fairway/plugin-platform-envs-common';
import { Knex } from 'knex';
import {
  FirstDeliveryNotice,
  FirstDeliveryQuery,
  FirstDeliveryStore,
  PendingNotice,
  StoredFirstDelivery,
  Trouble,
} from './FirstDeliveryStore';
import { markNotice, NoticeRow, readPendingNotices } from './noticeTable';

interface FirstDeliveryRow {
  id: string;
  component_ref: string;
  system_ref: string;
  environment_ref: string;
  environment_name: string;
  requested_by: string;
  task_id: string;
  repository: string;
  repository_url: string;
  image: string;
  state: string;
  progress: string;
  version: number;
  /** PostgreSQL gives big integers as text. */
  created_at: number | string;
  observed_at: number | string;
  ended_at: number | string | null;
  next_look_at: number | string;
}

type Progress = Pick<
  FirstDelivery,
  'sentence' | 'steps' | 'release' | 'applicationUrl'
> & { trouble?: Trouble };

/** First deliveries in SQLite or PostgreSQL. */
export class DatabaseFirstDeliveryStore implements FirstDeliveryStore {
  /** @param knex - at the newest schema */
  constructor(private readonly knex: Knex) {}

  async create(
    entry: Omit<StoredFirstDelivery, 'version'>,
  ): Promise<{ stored: StoredFirstDelivery; created: boolean }> {
    const { delivery } = entry;
    const key = {
      component_ref: delivery.componentRef,
      environment_ref: delivery.environmentRef,
      task_id: delivery.taskId ?? '',
    };
    const inserted = await this.#table()
      .insert({
        ...key,
        id: delivery.id,
        system_ref: delivery.systemRef,
        environment_name: delivery.environmentName,
        requested_by: delivery.requestedBy,
        repository: delivery.repository,
        repository_url: entry.repositoryUrl,
        image: entry.image,
        created_at: Date.parse(delivery.createdAt),
        next_look_at: Date.parse(delivery.createdAt),
        version: 1,
        ...changingColumns(entry),
      })
      .onConflict(Object.keys(key))
      .ignore()
      .returning('id');
    const row = await this.#table().where(key).first();
    return { stored: toStored(row!), created: inserted.length > 0 };
  }

  async get(id: string): Promise<StoredFirstDelivery | undefined> {
    const row = await this.#table().where({ id }).first();
    return row && toStored(row);
  }

  async list(query: FirstDeliveryQuery): Promise<StoredFirstDelivery[]> {
    const rows = await this.#table()
      .where(where => {
        if (query.states) where.whereIn('state', query.states);
        if (query.requestedBy) where.where('requested_by', query.requestedBy);
        if (query.componentRef) {
          where.where('component_ref', query.componentRef);
        }
      })
      .orderBy('id', 'desc')
      .limit(query.limit);
    return rows.map(toStored);
  }

  async listDue(now: Date, limit: number): Promise<StoredFirstDelivery[]> {
    const rows = await this.#table()
      .whereIn('state', OPEN_FIRST_DELIVERY_STATES)
      .where('next_look_at', '<=', now.getTime())
      .orderBy('next_look_at')
      .limit(limit);
    return rows.map(toStored);
  }

  async lookSoon(id: string, now: Date): Promise<void> {
    await this.#table()
      .where({ id })
      .whereIn('state', OPEN_FIRST_DELIVERY_STATES)
      .update({ next_look_at: now.getTime() });
  }

  async countOpen(): Promise<number> {
    const row = await this.knex('first_delivery')
      .whereIn('state', OPEN_FIRST_DELIVERY_STATES)
      .count({ count: '*' })
      .first();
    return Number(row?.count ?? 0);
  }

  async save(
    stored: StoredFirstDelivery,
    options: { nextLookAt: Date; notice?: FirstDeliveryNotice },
  ): Promise<boolean> {
    const { delivery, version } = stored;
    return this.knex.transaction(async tx => {
      const changed = await tx<FirstDeliveryRow>('first_delivery')
        .where({ id: delivery.id, version })
        .update({
          ...changingColumns(stored),
          next_look_at: options.nextLookAt.getTime(),
          version: version + 1,
        });
      if (changed === 0) return false;
      if (options.notice) {
        await tx('first_delivery_notice')
          .insert({
            delivery_id: delivery.id,
            outcome: delivery.state,
            payload: JSON.stringify(options.notice),
          })
          .onConflict(['delivery_id', 'outcome'])
          .ignore();
      }
      return true;
    });
  }

  async pendingNotices(): Promise<PendingNotice[]> {
    const rows = await readPendingNotices<
      NoticeRow & { delivery_id: string; outcome: string }
    >(this.knex, 'first_delivery_notice');
    return rows.map(row => ({
      id: row.id,
      deliveryId: row.delivery_id,
      outcome: row.outcome,
      notice: JSON.parse(row.payload),
    }));
  }

  async markNotice(id: number, outcome: 'sent' | 'failed'): Promise<void> {
    await markNotice(this.knex, 'first_delivery_notice', id, outcome);
  }

  #table() {
    return this.knex<FirstDeliveryRow>('first_delivery');
  }
}

function changingColumns({
  delivery,
  trouble,
}: Pick<StoredFirstDelivery, 'delivery' | 'trouble'>) {
  const { sentence, steps, release, applicationUrl } = delivery;
  const progress: Progress = {
    sentence,
    steps,
    release,
    applicationUrl,
    trouble,
  };
  return {
    state: delivery.state,
    progress: JSON.stringify(progress),
    observed_at: Date.parse(delivery.observedAt),
    ended_at: delivery.endedAt ? Date.parse(delivery.endedAt) : null,
  };
}

function toStored(row: FirstDeliveryRow): StoredFirstDelivery {
  const { trouble, ...progress } = JSON.parse(row.progress) as Progress;
  return {
    delivery: {
      id: row.id,
      componentRef: row.component_ref,
      systemRef: row.system_ref,
      environmentRef: row.environment_ref,
      environmentName: row.environment_name,
      requestedBy: row.requested_by,
      ...(row.task_id && { taskId: row.task_id }),
      repository: row.repository,
      state: row.state as FirstDeliveryState,
      ...progress,
      createdAt: timeOf(row.created_at),
      observedAt: timeOf(row.observed_at),
      ...(row.ended_at !== null && { endedAt: timeOf(row.ended_at) }),
    },
    image: row.image,
    repositoryUrl: row.repository_url,
    ...(trouble && { trouble }),
    version: row.version,
  };
}

function timeOf(value: number | string): string {
  return new Date(Number(value)).toISOString();
}
