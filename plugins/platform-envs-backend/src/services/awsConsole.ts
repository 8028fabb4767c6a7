import { TimeRange } from './links';

/** One service, or all that an account has of a kind, in the AWS console. */
export interface ConsolePlace {
  region: string;
  /** Twelve digits. */
  accountId: string;
}

/** How people enter accounts: the access portal of IAM Identity Center. */
export interface AccessPortal {
  /** `https://<name>.awsapps.com/start`, without trailing slash. */
  url: string;
  /** Permission set with which links open. */
  roleName: string;
}

/**
 * A page of the console. Through the access portal the link itself carries the
 * account; otherwise the console opens with whatever account is signed in.
 *
 * @see https://docs.aws.amazon.com/singlesignon/latest/userguide/createshortcutlink.html
 */
export function consoleUrl(
  { region, accountId }: ConsolePlace,
  path: string,
  portal?: AccessPortal,
): string {
  const url = `https://${region}.${consoleHost(region)}/${path}`;
  if (!portal) return url;
  return `${portal.url}/#/console?${new URLSearchParams({
    account_id: accountId,
    role_name: portal.roleName,
    destination: url,
  })}`;
}

/** China and GovCloud have consoles of their own. */
function consoleHost(region: string): string {
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  if (region.startsWith('us-gov-')) return 'console.amazonaws-us-gov.com';
  return 'console.aws.amazon.com';
}

/** The cluster's page of Amazon EKS. */
export function eksClusterPath(region: string, cluster: string): string {
  return `eks/clusters/${encodeURIComponent(cluster)}?region=${region}`;
}

/** The list of services of an ECS cluster. */
export function ecsClusterPath(region: string, cluster: string): string {
  return `ecs/v2/clusters/${encodeURIComponent(
    cluster,
  )}/services?region=${region}`;
}

/** The databases of a region. */
export function rdsPath(region: string): string {
  return `rds/home?region=${region}#databases:`;
}

/** Stacks whose name contains a text. */
export function stacksPath(region: string, filter: string): string {
  return `cloudformation/home?region=${region}#/stacks?filteringText=${encodeURIComponent(
    filter,
  )}&filteringStatus=active&viewNested=true`;
}

/** A query of Logs Insights, not yet run, over a range or the last hour. */
export function logsInsightsPath(
  region: string,
  logGroup: string,
  query: string,
  range?: TimeRange,
): string {
  const detail = jsurl({
    ...(range
      ? {
          end: new Date(range.toMs).toISOString(),
          start: new Date(range.fromMs).toISOString(),
          timeType: 'ABSOLUTE',
          tz: 'UTC',
        }
      : { end: 0, start: -3600, timeType: 'RELATIVE', unit: 'seconds' }),
    editorString: query,
    source: [logGroup],
  });
  // this part of the address is encoded twice, the second time with $ for %
  const fragment = encodeURIComponent(`?queryDetail=${percent(detail)}`);
  return `cloudwatch/home?region=${region}#logsV2:logs-insights${fragment.replace(
    /%/g,
    '$',
  )}`;
}

/** Metrics as a graph of the last three hours. Each is namespace, name, then dimensions in pairs. */
export function metricsPath(region: string, metrics: string[][]): string {
  const graph = jsurl({
    metrics,
    view: 'timeSeries',
    stacked: false,
    region,
    start: '-PT3H',
    end: 'P0D',
  });
  return `cloudwatch/home?region=${region}#metricsV2:graph=${graph}`;
}

/**
 * The notation of the console's addresses: objects as `~(key~value)`, texts
 * with `'` in front and `*` for `%`.
 *
 * @see https://github.com/Sage/jsurl
 */
function jsurl(value: unknown): string {
  if (typeof value === 'string') {
    return `~'${percent(value).replace(/%/g, '*')}`;
  }
  if (Array.isArray(value)) return `~(${value.map(jsurl).join('')})`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(
      ([key, of]) => `${key}${jsurl(of)}`,
    );
    return `~(${pairs.join('~')})`;
  }
  return `~${value}`;
}

/** Encodes what `encodeURIComponent` does, and the marks that it leaves alone. */
function percent(text: string): string {
  return encodeURIComponent(text).replace(
    /[~'()!*]/g,
    character =>
      `%${character.charCodeAt(0).toString(16).toLocaleUpperCase('en-US')}`,
  );
}
