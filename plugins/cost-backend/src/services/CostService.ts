import { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { isError, NotFoundError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { durationToMilliseconds, HumanDuration } from '@backstage/types';
import {
  ComponentCost,
  CostOverview,
  CostPeriod,
  CostReading,
  EnvironmentCost,
  Money,
  monthToDate,
  previousMonth,
  sumMoney,
} from '@fairway/plugin-cost-common';
import { CostLine, CostSource } from '../CostSource';
import { CostPull, CostStore } from '../database/CostStore';

/** What the catalog says of an environment, as far as cost needs it. */
interface CostEnvironment {
  ref: string;
  systemRef: string;
  system: string;
  shortName: string;
  title: string;
  promotionOrder: number;
  /** On the machines of developers: no bill has it. */
  isLocal: boolean;
  plan?: Money;
}

/** Why the bill has no line, and whether one may still come. */
type Absence = Pick<
  Extract<CostReading, { status: 'unavailable' }>,
  'reason' | 'isPending'
>;

const NOT_CONFIGURED =
  'Cost is not configured: set cost.aws.accountId to the account whose Cost Explorer is to be asked';

const LOCAL =
  'It runs on the machine of whoever starts it, which is on no bill';

/** After a failure; each try is a billed request. */
const RETRY_AFTER_MS = 5 * 60_000;

/** Joins the bill with the catalog. */
export class CostService {
  private lastTry?: Date;
  /** What the catalog had at the last look, while the bill lacks some of it. */
  private growing = '';

  constructor(
    private readonly options: {
      store: CostStore;
      catalog: CatalogService;
      auth: AuthService;
      logger: LoggerService;
      now: () => Date;
      pullInterval: HumanDuration;
      /** Absent: not configured. */
      source?: CostSource;
    },
  ) {}

  /**
   * Reads the bill when it was never read, is old, or the last try failed a while
   * ago; and when the catalog has got to know a system that it was not read for.
   */
  async pullWhenDue(): Promise<void> {
    const pull = await this.options.store.getPull();
    const { observedAt, message } = pull;
    const now = this.options.now().getTime();
    if (observedAt && message) {
      const since = now - (this.lastTry?.getTime() ?? 0);
      if (since < RETRY_AFTER_MS) return;
    } else if (observedAt) {
      const age = now - Date.parse(observedAt);
      const isOld = age >= durationToMilliseconds(this.options.pullInterval);
      if (!isOld && !(await this.knowsMore(pull))) return;
    }
    await this.pull();
  }

  /**
   * Whether the catalog has a system that the bill was not read for, and stopped
   * growing: after a start it gets to know them one by one, and each reading is
   * charged.
   */
  private async knowsMore(pull: CostPull): Promise<boolean> {
    const systems = systemsOf(await this.listEnvironments());
    if (!systems.some(system => !wasRead(pull, system))) return false;
    const before = this.growing;
    this.growing = systems.sort().join(' ');
    return before === this.growing;
  }

  /**
   * Reads this month and the one before from the provider. A failure is kept
   * beside the last good figures; it is not thrown.
   */
  async pull(): Promise<void> {
    const { source, store, now, logger } = this.options;
    if (!source) return;
    this.lastTry = now();
    const period: CostPeriod = {
      start: previousMonth(now()).start,
      end: monthToDate(now()).end,
    };
    try {
      const environments = await this.listEnvironments();
      if (!environments.length) {
        await store.noteFailure('The catalog has no environment yet');
        return;
      }
      const systems = systemsOf(environments);
      const lines = await source.getCost(period, systems);
      await store.replace(period, lines, {
        observedAt: now().toISOString(),
        systems,
      });
      logger.info('Read the bill', { lines: lines.length, ...period });
    } catch (error) {
      const message = isError(error) ? error.message : String(error);
      logger.warn('The bill could not be read', { reason: message });
      await store.noteFailure(message);
    }
  }

  /** The month so far, by environment, in order of system and promotion. */
  async getOverview(): Promise<CostOverview> {
    const { store, now } = this.options;
    const period = monthToDate(now());
    const before = previousMonth(now());
    const [environments, lines, earlier, pull] = await Promise.all([
      this.listEnvironments(),
      store.list(period),
      store.list(before),
      store.getPull(),
    ]);
    const known = new Set(
      environments.map(env => `${env.system}/${env.shortName}`),
    );
    const isKnown = (line: CostLine) =>
      known.has(`${line.system}/${line.environment}`);
    return {
      period,
      environments: environments.map(environment =>
        this.describeEnvironment(environment, lines, earlier, pull),
      ),
      unallocated: this.read(
        lines.filter(line => !isKnown(line)),
        pull,
        'Everything is allocated to an environment',
      ),
      total: this.read(lines, pull, 'The bill has no line for this month yet'),
      previousMonthTotal: this.read(
        earlier,
        pull,
        'The bill has no line for the month before',
      ),
      observedAt: pull.observedAt,
      message: this.options.source ? pull.message : NOT_CONFIGURED,
    };
  }

  /**
   * The month so far of one component, by environment.
   *
   * @throws NotFoundError - no such component in the catalog
   */
  async getComponentCost(componentRef: string): Promise<ComponentCost> {
    const { store, now, catalog, auth } = this.options;
    const credentials = await auth.getOwnServiceCredentials();
    const component = await catalog.getEntityByRef(componentRef, {
      credentials,
    });
    if (!component) {
      throw new NotFoundError(`There is no component ${componentRef}`);
    }
    const period = monthToDate(now());
    const [environments, all, pull] = await Promise.all([
      this.listEnvironments(),
      store.list(period),
      store.getPull(),
    ]);
    const system = relatedName(component, 'partOf', 'system');
    const name = component.metadata.name;
    const ofSystem = all.filter(line => !system || line.system === system);
    const lines = ofSystem.filter(line => line.component === name);
    const targets = new Set(
      component.relations
        ?.filter(relation => relation.type === 'runsIn')
        .map(relation => relation.targetRef),
    );
    const runsIn = environments.filter(({ ref }) => targets.has(ref));
    const unread = system ? notReadYet(pull, system) : undefined;
    const shared = lines.filter(
      line => !runsIn.some(({ shortName }) => shortName === line.environment),
    );
    return {
      componentRef,
      period,
      environments: runsIn.map(({ ref, shortName }) => {
        const isHere = (line: CostLine) => line.environment === shortName;
        return {
          environmentRef: ref,
          shortName,
          cost: this.read(
            lines.filter(isHere),
            pull,
            unread ??
              noComponentLines(name, shortName, ofSystem.filter(isHere)),
          ),
        };
      }),
      ...(shared.length > 0 && { shared: this.read(shared, pull, '') }),
      total: this.read(
        lines,
        pull,
        unread ?? noComponentLines(name, system ?? 'any platform', ofSystem),
      ),
      observedAt: pull.observedAt,
      nextReadingAt: this.nextReadingAt(pull),
    };
  }

  private nextReadingAt({ observedAt }: CostPull): string | undefined {
    const { source, pullInterval } = this.options;
    if (!source || !observedAt) return undefined;
    return new Date(
      Date.parse(observedAt) + durationToMilliseconds(pullInterval),
    ).toISOString();
  }

  private describeEnvironment(
    environment: CostEnvironment,
    lines: CostLine[],
    earlier: CostLine[],
    pull: CostPull,
  ): EnvironmentCost {
    const isOurs = (line: CostLine) =>
      line.system === environment.system &&
      line.environment === environment.shortName;
    const ours = lines.filter(isOurs);
    const absence = environment.isLocal
      ? { reason: LOCAL }
      : notReadYet(pull, environment.system);
    const group = (key: (line: CostLine) => string) =>
      [...new Set(ours.map(key))].map(value => ({
        value,
        cost: sumMoney(
          ours.filter(line => key(line) === value).map(line => line.cost),
        ),
      }));
    return {
      environmentRef: environment.ref,
      systemRef: environment.systemRef,
      shortName: environment.shortName,
      title: environment.title,
      promotionOrder: environment.promotionOrder,
      cost: this.read(ours, pull, absence ?? noLines(environment.shortName)),
      previousMonth: this.read(
        earlier.filter(isOurs),
        pull,
        absence ?? 'The bill has no line for it in the month before',
      ),
      planPerMonth: environment.plan,
      daily: group(line => line.day)
        .map(({ value, cost }) => ({ day: value, amount: cost.amount }))
        .sort((a, b) => a.day.localeCompare(b.day)),
      components: group(line => line.component)
        .map(({ value, cost }) => ({
          ...(value && { componentName: value }),
          cost,
        }))
        .sort((a, b) => Number(b.cost.amount) - Number(a.cost.amount)),
    };
  }

  // no line is not the same as no cost: an inactive tag looks just like it
  private read(
    lines: CostLine[],
    pull: CostPull,
    absent: string | Absence,
  ): CostReading {
    const { observedAt, message } = pull;
    if (!this.options.source) {
      return { status: 'unavailable', reason: NOT_CONFIGURED };
    }
    if (!observedAt) {
      return {
        status: 'unavailable',
        reason: message ?? 'The bill is being read for the first time',
      };
    }
    if (!lines.length) {
      const absence = typeof absent === 'string' ? { reason: absent } : absent;
      return { status: 'unavailable', ...absence, observedAt };
    }
    return {
      status: 'ok',
      value: sumMoney(lines.map(line => line.cost)),
      observedAt,
      estimated: lines.some(line => line.estimated),
    };
  }

  private async listEnvironments(): Promise<CostEnvironment[]> {
    const { catalog, auth } = this.options;
    const credentials = await auth.getOwnServiceCredentials();
    const { items } = await catalog.getEntities(
      { filter: { kind: 'Environment' } },
      { credentials },
    );
    return items
      .map(toEnvironment)
      .sort(
        (a, b) =>
          a.system.localeCompare(b.system) ||
          a.promotionOrder - b.promotionOrder,
      );
  }
}

function toEnvironment(entity: Entity): CostEnvironment {
  const spec = entity.spec as unknown as {
    shortName: string;
    promotionOrder: number;
    runtime?: string;
    planCostPerMonth?: Money;
  };
  const system = relatedName(entity, 'partOf', 'system') ?? '';
  return {
    ref: stringifyEntityRef(entity),
    systemRef: `system:${entity.metadata.namespace ?? 'default'}/${system}`,
    system,
    shortName: spec.shortName,
    title: entity.metadata.title ?? entity.metadata.name,
    promotionOrder: spec.promotionOrder,
    isLocal: spec.runtime === 'local',
    plan: spec.planCostPerMonth,
  };
}

function relatedName(
  entity: Entity,
  type: string,
  kind: string,
): string | undefined {
  const target = entity.relations?.find(
    relation =>
      relation.type === type && relation.targetRef.startsWith(`${kind}:`),
  )?.targetRef;
  return target?.slice(target.indexOf('/') + 1);
}

function systemsOf(environments: CostEnvironment[]): string[] {
  return [...new Set(environments.map(({ system }) => system))];
}

function wasRead({ systems }: CostPull, system: string): boolean {
  return systems?.includes(system) ?? false;
}

/** That nothing is known is then no fault of the tags. */
function notReadYet(pull: CostPull, system: string): Absence | undefined {
  if (wasRead(pull, system)) return undefined;
  return {
    isPending: true,
    reason: `The bill was last read before the catalog had ${system}. It is read again within a minute.`,
  };
}

function noLines(shortName: string): string {
  return `The bill has no line tagged ${shortName}; is the cost allocation tag active?`;
}

/**
 * Lines of other components show that the tags are active, so that only this
 * one has nothing on the bill: it is new, or has no resource of its own there.
 */
function noComponentLines(
  component: string,
  where: string,
  others: CostLine[],
): Absence {
  if (!others.length) return { reason: noLines(where) };
  if (!others.some(line => line.component)) {
    return {
      reason: `Nothing on the bill of ${where} is tagged with a component; is the cost allocation tag active?`,
    };
  }
  return {
    isPending: true,
    reason: `The bill has nothing of ${component} in ${where} yet. It lists cost up to a day late; pods on shared nodes are on it with split cost allocation only.`,
  };
}
