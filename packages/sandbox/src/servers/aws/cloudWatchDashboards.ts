import type * as Sdk from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../world/aws/AwsError';
import { paginate } from '../../world/aws/paginate';
import { CallContext, Handlers } from './handlers';

const PAGE_SIZE = 300;

/** Dashboards are of an account, not of a region; their bodies are kept as they come. */
export const cloudWatchDashboardHandlers: Handlers<typeof Sdk> = {
  PutDashboard(input, context) {
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(input.DashboardName!)) {
      throw invalid('The value for field DashboardName is not valid');
    }
    let body: unknown;
    try {
      body = JSON.parse(input.DashboardBody!);
    } catch {
      body = undefined;
    }
    const { widgets } = (body ?? {}) as { widgets?: unknown };
    if (!Array.isArray(widgets)) {
      throw invalid(
        'The field DashboardBody must be a valid JSON object with the field "widgets"',
      );
    }
    const { alarms, clock } = context.aws;
    alarms.dashboards[keyOf(context, input.DashboardName!)] = {
      body: input.DashboardBody!,
      modifiedAtMs: clock.now().getTime(),
    };
    alarms.changed();
    return { DashboardValidationMessages: [] };
  },

  GetDashboard(input, context) {
    const found =
      context.aws.alarms.dashboards[keyOf(context, input.DashboardName!)];
    if (!found) {
      throw missing(input.DashboardName!);
    }
    return {
      DashboardName: input.DashboardName,
      DashboardArn: arnOf(context, input.DashboardName!),
      DashboardBody: found.body,
    };
  },

  ListDashboards(input, context) {
    const prefix = keyOf(context, input.DashboardNamePrefix ?? '');
    const found = Object.entries(context.aws.alarms.dashboards)
      .filter(([key]) => key.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const page = paginate(found, {
      token: input.NextToken,
      size: PAGE_SIZE,
      tokenError: invalid('Invalid NextToken'),
    });
    return {
      DashboardEntries: page.items.map(([key, { body, modifiedAtMs }]) => {
        const name = key.slice(key.indexOf('/') + 1);
        return {
          DashboardName: name,
          DashboardArn: arnOf(context, name),
          LastModified: new Date(modifiedAtMs),
          Size: Buffer.byteLength(body),
        };
      }),
      NextToken: page.nextToken,
    };
  },

  DeleteDashboards(input, context) {
    const { alarms } = context.aws;
    const keys = input.DashboardNames!.map(name => keyOf(context, name));
    const absent = keys.findIndex(key => !alarms.dashboards[key]);
    if (absent >= 0) {
      throw missing(input.DashboardNames![absent]);
    }
    keys.forEach(key => delete alarms.dashboards[key]);
    alarms.changed();
    return {};
  },
};

function keyOf({ accountId }: CallContext, name: string): string {
  return `${accountId}/${name}`;
}

function arnOf({ accountId }: CallContext, name: string): string {
  return `arn:aws:cloudwatch::${accountId}:dashboard/${name}`;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterInput', message);
}

function missing(name: string): AwsError {
  return new AwsError(
    'DashboardNotFoundError',
    `Dashboard ${name} does not exist`,
    404,
  );
}
