import {
  CostExplorerClient,
  Expression,
  GetCostAndUsageCommand,
  GetCostAndUsageCommandInput,
  Group,
  ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  CostPeriod,
  Money,
  subtractMoney,
  sumMoney,
} from '@fairway/plugin-cost-common';
import { CostLine, CostSource, CostTags } from '../../CostSource';

const METRIC = 'UnblendedCost';
/** A month of a large organisation is a handful of pages; more is a loop. */
const MOST_PAGES = 50;

/**
 * Reads the bill from AWS Cost Explorer: one query a system, grouped by the
 * environment and component tags (Cost Explorer groups by two at most), and
 * one for the total, whose remainder is what no system carries.
 *
 * Needs `ce:GetCostAndUsage`. Each page is a billed request.
 *
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
 */
export class CostExplorerCostSource implements CostSource {
  constructor(
    private readonly options: { client: CostExplorerClient; tags: CostTags },
  ) {}

  async getCost(period: CostPeriod, systems: string[]): Promise<CostLine[]> {
    const { tags } = this.options;
    const lines: CostLine[] = [];
    for (const system of systems) {
      const results = await this.query(period, {
        Filter: {
          Tags: {
            Key: tags.system,
            Values: [system],
            MatchOptions: ['EQUALS'],
          },
        },
        GroupBy: [
          { Type: 'TAG', Key: tags.environment },
          { Type: 'TAG', Key: tags.component },
        ],
      });
      lines.push(...results.flatMap(day => toLines(day, system)));
    }
    const totals = await this.query(period, {});
    return [...lines, ...remainders(totals, lines)];
  }

  private async query(
    period: CostPeriod,
    options: {
      Filter?: Expression;
      GroupBy?: GetCostAndUsageCommandInput['GroupBy'];
    },
  ): Promise<ResultByTime[]> {
    const results: ResultByTime[] = [];
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const reply = await this.send({
        TimePeriod: { Start: period.start, End: period.end },
        Granularity: 'DAILY',
        Metrics: [METRIC],
        ...options,
        NextPageToken: token,
      });
      results.push(...(reply.ResultsByTime ?? []));
      token = reply.NextPageToken;
      if (!token) return results;
    }
    throw new ServiceUnavailableError(
      `Cost Explorer gave more than ${MOST_PAGES} pages for ${period.start} to ${period.end}; the bill was not read`,
    );
  }

  private async send(input: GetCostAndUsageCommandInput) {
    try {
      return await this.options.client.send(new GetCostAndUsageCommand(input));
    } catch (error) {
      throw new ServiceUnavailableError(
        explain(error as Error),
        error as Error,
      );
    }
  }
}

function toLines(result: ResultByTime, system: string): CostLine[] {
  const day = result.TimePeriod?.Start ?? '';
  return (result.Groups ?? []).flatMap(group => {
    const cost = readAmount(group.Metrics?.[METRIC]);
    if (!cost || Number(cost.amount) === 0) return [];
    const [environment, component] = readTagKeys(group);
    return [
      {
        day,
        system,
        environment,
        component,
        cost,
        estimated: Boolean(result.Estimated),
      },
    ];
  });
}

// a tag group's key is `Key$Value`, with nothing behind the $ for untagged cost
function readTagKeys(group: Group): [string, string] {
  const [environment = '', component = ''] = (group.Keys ?? []).map(key =>
    key.slice(key.indexOf('$') + 1),
  );
  return [environment, component];
}

function remainders(totals: ResultByTime[], lines: CostLine[]): CostLine[] {
  return totals.flatMap(result => {
    const day = result.TimePeriod?.Start ?? '';
    const total = readAmount(result.Total?.[METRIC]);
    if (!total) return [];
    const allocated = lines
      .filter(line => line.day === day)
      .map(line => line.cost);
    const cost = subtractMoney(total, sumMoney(allocated, total.currency));
    if (Number(cost.amount) === 0) return [];
    return [
      {
        day,
        system: '',
        environment: '',
        component: '',
        cost,
        estimated: Boolean(result.Estimated),
      },
    ];
  });
}

function readAmount(metric?: {
  Amount?: string;
  Unit?: string;
}): Money | undefined {
  if (!metric?.Amount || !Number.isFinite(Number(metric.Amount)))
    return undefined;
  return { amount: metric.Amount, currency: metric.Unit ?? 'USD' };
}

function explain(error: Error): string {
  switch (error.name) {
    case 'AccessDeniedException':
    case 'AccessDenied':
      return 'Cost Explorer refused access: the role needs ce:GetCostAndUsage';
    case 'ExpiredTokenException':
    case 'ExpiredToken':
    case 'UnrecognizedClientException':
    case 'InvalidClientTokenId':
      return 'The AWS credentials for Cost Explorer are not valid';
    case 'LimitExceededException':
    case 'ThrottlingException':
    case 'Throttling':
      return 'Cost Explorer throttles our requests; the next reading will try again';
    case 'DataUnavailableException':
      return 'Cost Explorer has no data for this period yet';
    default:
      return `Cost Explorer could not be read: ${error.message}`;
  }
}
