import { join } from 'node:path';
import { World } from '../../types';
import { MANAGEMENT_ACCOUNT } from '../accounts';
import { CostModel } from '../CostModel';
import { CostLine } from '../costs/CostLine';
import { forecastMonth, monthOf, unitsBetween } from '../costs/spend';
import { JsonFile } from '../JsonFile';

/** Somebody who hears of a notification. */
export interface BudgetSubscriber {
  type: 'EMAIL' | 'SNS';
  address: string;
}

/** When somebody hears of a budget. */
export interface BudgetNotification {
  kind: 'ACTUAL' | 'FORECASTED';
  comparison: 'GREATER_THAN' | 'LESS_THAN' | 'EQUAL_TO';
  threshold: number;
  thresholdType: 'PERCENTAGE' | 'ABSOLUTE_VALUE';
  subscribers: BudgetSubscriber[];
}

/** A monthly cost budget. Times are epoch milliseconds. */
export interface BudgetRecord {
  accountId: string;
  name: string;
  /** US dollars a month, as a decimal string. */
  limit: string;
  /** By filter name (`LinkedAccount`, `Service`, `Region`, `TagKeyValue`), any of the values. */
  filters: Record<string, string[]>;
  startMs: number;
  /** Budgets without an end go on until 15 June 2087, as AWS writes it. */
  endMs: number;
  updatedAtMs: number;
  notifications: BudgetNotification[];
  tags: Record<string, string>;
}

/** `2087-06-15T00:00:00Z` */
export const NO_END_MS = Date.UTC(2087, 5, 15);
const ALARM_PERCENT = 80;

/** The budgets of all accounts; what is spent comes from the same costs that Cost Explorer shows. */
export class BudgetBook {
  private budgets: BudgetRecord[];
  private readonly file: JsonFile<BudgetRecord[]>;

  constructor(
    private readonly world: Pick<
      World,
      'clock' | 'platforms' | 'dataDir' | 'onReset' | 'onClose'
    >,
    private readonly costs: CostModel,
  ) {
    this.file = new JsonFile(
      join(world.dataDir, 'aws', 'budgets.json'),
      () => this.budgets,
    );
    this.budgets = this.file.load() ?? this.seed();
    world.onReset(() => {
      this.budgets = this.seed();
      this.changed();
    });
    world.onClose(() => this.file.flush());
  }

  /** Budgets of an account by name. */
  of(accountId: string): BudgetRecord[] {
    return this.budgets
      .filter(budget => budget.accountId === accountId)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(accountId: string, name: string): BudgetRecord | undefined {
    return this.of(accountId).find(budget => budget.name === name);
  }

  add(budget: BudgetRecord): void {
    this.budgets.push(budget);
    this.changed();
  }

  remove(budget: BudgetRecord): void {
    this.budgets = this.budgets.filter(other => other !== budget);
    this.changed();
  }

  /** Writes what was changed in place. */
  changed(): void {
    this.file.touch();
  }

  /** What a budget's costs are this month so far and will be, in units. */
  spendOf(budget: BudgetRecord): { actual: number; forecast: number } {
    const month = monthOf(this.world.clock.now());
    const lines = this.linesOf(budget);
    return {
      actual: unitsBetween(this.costs, lines, month.startDay, month.endDay),
      forecast: forecastMonth(this.costs, lines, month),
    };
  }

  /** What a budget's costs were in the last months, the current one last. */
  historyOf(
    budget: BudgetRecord,
    months: number,
  ): Array<{ startDay: number; endDay: number; units: number }> {
    const lines = this.linesOf(budget);
    return Array.from({ length: months }, (_, index) => {
      const month = monthOf(this.world.clock.now(), index - months + 1);
      return {
        ...month,
        units: unitsBetween(this.costs, lines, month.startDay, month.endDay),
      };
    });
  }

  private linesOf({ accountId, filters }: BudgetRecord): CostLine[] {
    return this.costs
      .linesFor(accountId)
      .filter(line =>
        Object.entries(filters).every(([name, values]) =>
          values.some(value => matches(line, name, value)),
        ),
      );
  }

  /** Each environment's plan: in its own account, and in the one that pays. */
  private seed(): BudgetRecord[] {
    const { startDay } = monthOf(this.world.clock.now(), -11);
    const startMs = startDay * 86_400_000;
    return this.world.platforms.flatMap(({ system, environments }) =>
      environments.flatMap(({ accountId, shortName, monthlyCostUsd }) =>
        accountId && monthlyCostUsd > 0
          ? [accountId, MANAGEMENT_ACCOUNT].map(
              (owner): BudgetRecord => ({
                accountId: owner,
                name: `${system}-${shortName}-monthly`,
                limit: String(monthlyCostUsd),
                filters: { LinkedAccount: [accountId] },
                startMs,
                endMs: NO_END_MS,
                updatedAtMs: startMs,
                notifications: [
                  seedNotification('ACTUAL', ALARM_PERCENT, system),
                  seedNotification('FORECASTED', 100, system),
                ],
                tags: { Environment: shortName, System: system },
              }),
            )
          : [],
      ),
    );
  }
}

function seedNotification(
  kind: BudgetNotification['kind'],
  threshold: number,
  system: string,
): BudgetNotification {
  return {
    kind,
    comparison: 'GREATER_THAN',
    threshold,
    thresholdType: 'PERCENTAGE',
    subscribers: [{ type: 'EMAIL', address: `${system}@example.com` }],
  };
}

/** Tags are written `user:Environment$prod`. */
function matches(line: CostLine, name: string, value: string): boolean {
  switch (name) {
    case 'LinkedAccount':
      return line.accountId === value;
    case 'Service':
      return line.service === value;
    case 'Region':
      return line.region === value;
    case 'TagKeyValue': {
      const [key, ...rest] = value.replace(/^user:/, '').split('$');
      return line.tags[key] === rest.join('$');
    }
    default:
      return false;
  }
}

/** Filters that a budget may have here. */
export const BUDGET_FILTERS = [
  'LinkedAccount',
  'Service',
  'Region',
  'TagKeyValue',
];
