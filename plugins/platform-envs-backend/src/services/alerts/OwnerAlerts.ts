import { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { NotificationService } from '@backstage/plugin-notifications-node';
import {
  EnvironmentSummary,
  tellAges,
} from '@fairway/plugin-platform-envs-common';
import { SnapshotStore } from '../../database/SnapshotStore';
import { cellKey } from '../board';
import { EnvironmentService } from '../EnvironmentService';
import {
  News,
  Patience,
  trackedTroubles,
  TrackedTroubles,
  trackTroubles,
} from './trackTroubles';

/** Names in a title; the rest is counted. */
const MAX_NAMES = 3;

const WORDS = {
  degraded: 'degraded',
  missing: 'missing',
  'out-of-sync': 'out of sync',
} as const;

/** Name of the document in the snapshot store. */
const DOCUMENT = 'owner-alerts';

/** @public */
export interface OwnerAlertsOptions {
  environments: Pick<EnvironmentService, 'getBoard'>;
  notifications: NotificationService;
  store: SnapshotStore;
  logger: LoggerService;
  patience: Patience;
  now?: () => Date;
}

/**
 * Tells owners when one of their deployments is in trouble, and when it is well
 * again.
 *
 * All that happens to an owner in one environment at one time is one
 * notification, and it takes the place of the one before about that
 * environment. What was told is kept, so neither a restart nor another replica
 * tells it again.
 */
export class OwnerAlerts {
  readonly #now: () => Date;

  constructor(private readonly options: OwnerAlertsOptions) {
    this.#now = options.now ?? (() => new Date());
  }

  /**
   * Looks at the board once. One replica at a time may do this. Never throws:
   * what could not be sent is news again the next time.
   */
  async check(): Promise<void> {
    const { environments, store, patience, logger } = this.options;
    const { rows, environments: summaries } = environments.getBoard();
    // a board that is not there yet says nothing about anybody
    if (rows.length === 0) return;
    try {
      const before = (await store.load(DOCUMENT, trackedTroubles)) ?? {};
      const { tracked, news } = await trackTroubles(rows, before, {
        now: this.#now(),
        patience,
      });
      for (const group of groupsOf(news)) {
        try {
          await this.#send(group, summaries);
          markTold(tracked, group);
        } catch (error) {
          logger.warn('An owner could not be told of a deployment', {
            owner: group[0].row.component.ownerRef,
            environment: group[0].cell.environmentRef,
            reason: String(error),
          });
        }
      }
      if (JSON.stringify(tracked) !== JSON.stringify(before)) {
        await store.save(DOCUMENT, tracked);
      }
    } catch (error) {
      logger.warn('Deployments in trouble could not be followed', {
        reason: String(error),
      });
    }
  }

  async #send(group: News[], summaries: EnvironmentSummary[]): Promise<void> {
    const [{ row, cell }] = group;
    const { ownerRef } = row.component;
    const environment = summaries.find(e => e.ref === cell.environmentRef);
    const bad = group.filter(({ trouble }) => trouble);
    await this.options.notifications.send({
      recipients: { type: 'entity', entityRef: ownerRef },
      payload: {
        title: titleOf(group, environment?.title ?? cell.environmentRef),
        description: group
          .map(
            ({ row: r, cell: c }) =>
              `${nameOf(r)}: ${tellAges(c.sentence, this.#now())}`,
          )
          .join('\n'),
        link: linkTo(group),
        severity: severityOf(bad, environment),
        topic: 'deployments',
        scope: `deployments:${cell.environmentRef}:${ownerRef}`,
      },
    });
  }
}

function groupsOf(news: News[]): News[][] {
  const groups = new Map<string, News[]>();
  for (const one of news) {
    const { row, cell } = one;
    const key = `${row.component.ownerRef} ${cell.environmentRef}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  // trouble first, since only the first few are named
  return [...groups.values()].map(group =>
    group.sort((a, b) => Number(!a.trouble) - Number(!b.trouble)),
  );
}

function markTold(tracked: TrackedTroubles, group: News[]): void {
  for (const { cell, trouble } of group) {
    const key = cellKey(cell.componentRef, cell.environmentRef);
    if (trouble) tracked[key].told = trouble;
    else delete tracked[key];
  }
}

function titleOf(group: News[], environment: string): string {
  const bad = group.filter(({ trouble }) => trouble);
  const named = bad.length ? bad : group;
  const names = named.slice(0, MAX_NAMES).map(({ row }) => nameOf(row));
  const more = named.length - names.length;
  const who = more
    ? `${names.join(', ')} and ${more} more`
    : names.join(', ').replace(/, ([^,]*)$/, ' and $1');
  const is = named.length === 1 ? 'is' : 'are';
  return `${who} ${is} ${stateOf(bad)} in ${environment}`;
}

function stateOf(bad: News[]): string {
  if (bad.length === 0) return 'well again';
  const words = new Set(bad.map(({ trouble }) => WORDS[trouble!]));
  const [only] = words;
  return words.size === 1 ? only : 'in trouble';
}

function severityOf(
  bad: News[],
  environment: EnvironmentSummary | undefined,
): 'low' | 'normal' | 'high' | 'critical' {
  if (bad.length === 0) return 'low';
  const isDown = bad.some(({ trouble }) => trouble !== 'out-of-sync');
  if (!isDown) return 'normal';
  return environment?.tier === 'prod' ? 'critical' : 'high';
}

/** The page of the one service, or the board of its platform. */
function linkTo(group: News[]): string {
  const [{ row }] = group;
  if (group.length > 1 && row.component.systemRef) {
    return `/environments?${new URLSearchParams({
      platform: row.component.systemRef,
    })}`;
  }
  const { namespace, kind, name } = parseEntityRef(row.component.ref);
  return `/catalog/${namespace}/${kind.toLowerCase()}/${name}/delivery`;
}

function nameOf({ component }: News['row']): string {
  return component.title ?? component.name;
}
