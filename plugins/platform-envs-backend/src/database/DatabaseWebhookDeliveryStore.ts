import { Knex } from 'knex';
import { WebhookDeliveryStore } from './WebhookDeliveryStore';

/** GitHub lets a delivery be sent again for three days; after that its id cannot come back. */
const REMEMBERED_MS = 4 * 24 * 60 * 60_000;

/** Rows. Old ones go before their time when there are more: the table stays small whatever happens. */
const MAX_REMEMBERED = 20_000;

/** Deliveries after which old rows are removed. */
const CLEAN_EVERY = 500;

/** Deliveries in the table `webhook_delivery` of the plugin's database. */
export class DatabaseWebhookDeliveryStore implements WebhookDeliveryStore {
  #sinceCleaning = CLEAN_EVERY;

  constructor(
    private readonly knex: Knex,
    private readonly options: {
      now?: () => Date;
      /** Default 20,000 rows. */
      max?: number;
      /** Default 500 deliveries. */
      cleanEvery?: number;
    } = {},
  ) {}

  async take(id: string): Promise<boolean> {
    const { cleanEvery = CLEAN_EVERY } = this.options;
    this.#sinceCleaning += 1;
    if (this.#sinceCleaning >= cleanEvery) {
      this.#sinceCleaning = 0;
      await this.#clean();
    }
    const taken = await this.knex('webhook_delivery')
      .insert({ id, received_at: this.#now().toISOString() })
      .onConflict('id')
      .ignore()
      .returning('id');
    return taken.length > 0;
  }

  async #clean(): Promise<void> {
    const { max = MAX_REMEMBERED } = this.options;
    const tooOld = new Date(this.#now().getTime() - REMEMBERED_MS);
    await this.knex('webhook_delivery')
      .where('received_at', '<', tooOld.toISOString())
      .delete();
    const surplus = await this.knex('webhook_delivery')
      .orderBy('received_at', 'desc')
      .offset(max)
      .first('received_at');
    if (surplus) {
      await this.knex('webhook_delivery')
        .where('received_at', '<=', surplus.received_at)
        .delete();
    }
  }

  #now(): Date {
    return this.options.now?.() ?? new Date();
  }
}
