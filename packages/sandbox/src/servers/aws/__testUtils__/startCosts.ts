import {
  CostExplorerClient,
  GetCostAndUsageCommand,
  GetCostAndUsageCommandInput,
  ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import { AwsRig, startAws } from './startAws';

const MANAGEMENT = '000000000000';

/** A pretend AWS at noon (UTC) of 18 March 2026, and questions about its costs. */
export interface CostRig {
  aws: AwsRig;
  /** Of the management account, which sees everything. */
  ce: CostExplorerClient;
  clientOf(accountId: string): CostExplorerClient;
  /** All pages; February by the month unless the input says otherwise. */
  ask(
    input?: Partial<GetCostAndUsageCommandInput>,
    client?: CostExplorerClient,
  ): Promise<{ results: ResultByTime[]; pages: number }>;
  /** Unblended cost of the first period, hundred-millionths of a dollar. */
  total(input?: Partial<GetCostAndUsageCommandInput>): Promise<bigint>;
  close(): Promise<void>;
}

/** Starts it; the machine's date stands still until it is closed. */
export async function startCosts(): Promise<CostRig> {
  // Only the date stands still; sockets need their timers.
  jest.useFakeTimers({
    now: new Date('2026-03-18T12:00:00Z'),
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
  const aws = await startAws();
  const clientOf = (accountId: string) =>
    new CostExplorerClient(aws.as(accountId, 'us-east-1'));
  const ce = clientOf(MANAGEMENT);
  const ask: CostRig['ask'] = async (input = {}, client = ce) => {
    const results: ResultByTime[] = [];
    let NextPageToken: string | undefined;
    let pages = 0;
    do {
      const page = await client.send(
        new GetCostAndUsageCommand({
          TimePeriod: { Start: '2026-02-01', End: '2026-03-01' },
          Granularity: 'MONTHLY',
          Metrics: ['UnblendedCost'],
          ...input,
          NextPageToken,
        }),
      );
      results.push(...page.ResultsByTime!);
      NextPageToken = page.NextPageToken;
      pages += 1;
    } while (NextPageToken);
    return { results, pages };
  };
  return {
    aws,
    ce,
    clientOf,
    ask,
    total: async input =>
      units((await ask(input)).results[0].Total!.UnblendedCost.Amount!),
    async close() {
      await aws.close();
      jest.useRealTimers();
    },
  };
}

/** Hundred-millionths, so that sums are exact. */
export function units(amount: string): bigint {
  const [whole, rest = ''] = amount.split('.');
  return BigInt(whole) * 100_000_000n + BigInt(rest.padEnd(8, '0'));
}

/** Sum of amounts, hundred-millionths. */
export function sumOf(amounts: string[]): bigint {
  return amounts.reduce((total, amount) => total + units(amount), 0n);
}

/** Unblended cost of each group of a period. */
export function groupAmounts(result: ResultByTime): string[] {
  return result.Groups!.map(group => group.Metrics!.UnblendedCost.Amount!);
}
