import {
  DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { CostPeriod } from '@fairway/plugin-cost-common';
import { Knex } from 'knex';
import { CostLine } from '../CostSource';

/** How the last reading of the bill went. */
export interface CostPull {
  /** ISO 8601 UTC of the last success. */
  observedAt?: string;
  /** What is wrong, when something is. */
  message?: string;
  /** Those that the last success asked for; absent where that was not noted. */
  systems?: string[];
}

const BATCH = 100;

/** The bill, kept: pages read from here and never from the provider. */
export class CostStore {
  static async create(database: DatabaseService): Promise<CostStore> {
    const db = await database.getClient();
    if (!database.migrations?.skip) {
      await db.migrate.latest({
        directory: resolvePackagePath(
          '@fairway/plugin-cost-backend',
          'migrations',
        ),
      });
    }
    return new CostStore(db);
  }

  private constructor(private readonly db: Knex) {}

  /** Replaces the lines of a period and notes the success, or does neither. */
  async replace(
    period: CostPeriod,
    lines: CostLine[],
    success: { observedAt: string; systems: string[] },
  ): Promise<void> {
    await this.db.transaction(async tx => {
      await tx('cost_day')
        .where('day', '>=', period.start)
        .andWhere('day', '<', period.end)
        .delete();
      await tx.batchInsert(
        'cost_day',
        lines.map(line => ({
          day: line.day,
          system: line.system,
          environment: line.environment,
          component: line.component,
          amount: line.cost.amount,
          currency: line.cost.currency,
          estimated: line.estimated,
        })),
        BATCH,
      );
      await this.notePull(tx, {
        observed_at: success.observedAt,
        systems: JSON.stringify(success.systems),
        message: null,
      });
    });
  }

  /** Notes a failure; what was read before stays. */
  async noteFailure(message: string): Promise<void> {
    await this.notePull(this.db, { message });
  }

  /** Lines of a period, in no order. */
  async list(period: CostPeriod): Promise<CostLine[]> {
    const rows = await this.db('cost_day')
      .where('day', '>=', period.start)
      .andWhere('day', '<', period.end)
      .select();
    return rows.map(row => ({
      day: row.day,
      system: row.system,
      environment: row.environment,
      component: row.component,
      cost: { amount: row.amount, currency: row.currency },
      estimated: Boolean(row.estimated),
    }));
  }

  async getPull(): Promise<CostPull> {
    const row = await this.db('cost_pull').where({ id: 1 }).first();
    return {
      observedAt: row?.observed_at ?? undefined,
      message: row?.message ?? undefined,
      systems: row?.systems ? JSON.parse(row.systems) : undefined,
    };
  }

  private async notePull(
    db: Knex | Knex.Transaction,
    row: { observed_at?: string; systems?: string; message: string | null },
  ): Promise<void> {
    await db('cost_pull')
      .insert({ id: 1, ...row })
      .onConflict('id')
      .merge(row);
  }
}
