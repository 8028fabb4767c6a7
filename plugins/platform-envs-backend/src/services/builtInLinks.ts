import { DeliveryLink } from '@fairway/plugin-platform-envs-common';
import {
  AccessPortal,
  consoleUrl,
  ecsClusterPath,
  eksClusterPath,
  logsInsightsPath,
  metricsPath,
  rdsPath,
  stacksPath,
} from './awsConsole';
import { exploreUrl, grafanaRange, logqlText } from './grafanaLinks';
import {
  fillPlaces,
  LinkMaker,
  LinkTemplate,
  LinkValues,
  TimeRange,
} from './links';

/** What the links that need no template of their own are made of. */
export interface BuiltInLinksConfig {
  /** Where logs are explored: a Grafana and the Loki data source in it. */
  loki?: {
    grafanaUrl: string;
    /** UID or name. */
    datasource: string;
    /** LogQL with places, e.g. `{namespace="{namespace}"}`. */
    selector: string;
  };
  aws: {
    /** Absent: links open with the account that is signed in. */
    portal?: AccessPortal;
    /** Names of CloudWatch log groups, with places, by runtime; empty for none. */
    logGroups: { eks: string; ecs: string };
  };
}

/** Selects the lines of a component as Promtail and Alloy label them. */
export const DEFAULT_LOKI_SELECTOR =
  '{namespace="{namespace}", app="{component}"}';

/** Where Container Insights and the ECS console put logs unless told otherwise. */
export const DEFAULT_LOG_GROUPS = {
  eks: '/aws/containerinsights/{cluster}/application',
  ecs: '/ecs/{component}',
};

/** Links to Loki, CloudWatch and the AWS console, for cells and environments. */
export function builtInLinks(config: BuiltInLinksConfig): LinkTemplate[] {
  return [
    ...(config.loki ? [lokiLink(config.loki)] : []),
    logGroupLink(config.aws),
    metricsLink(config.aws.portal),
    clusterLink(config.aws.portal),
    ...environmentLinks(config.aws.portal),
  ];
}

function lokiLink(loki: NonNullable<BuiltInLinksConfig['loki']>): LinkMaker {
  return {
    makeLink(values, range) {
      // ECS writes to CloudWatch
      if (values.runtime !== 'eks') return undefined;
      const selector = values.component
        ? loki.selector
        : withoutComponent(loki.selector);
      // the braces of a selector are no places: only those around a word are
      const expr = fillPlaces(selector, values, logqlText);
      if (!expr) return undefined;
      return {
        title: 'Logs in Loki',
        type: 'logs',
        url: exploreUrl(
          loki.grafanaUrl,
          { datasource: loki.datasource, type: 'loki', expr },
          range && grafanaRange(range),
        ),
      };
    },
  };
}

/** The selector of all components of an environment. */
function withoutComponent(selector: string): string {
  return selector
    .replace(/\w+\s*[=!~]+\s*"[^"]*\{component\}[^"]*"\s*,?\s*/g, '')
    .replace(/,\s*\}/g, '}');
}

function logGroupLink({
  portal,
  logGroups,
}: BuiltInLinksConfig['aws']): LinkMaker {
  return awsLink(portal, 'logs', ({ component, runtime, ...values }, range) => {
    if (!component || (runtime !== 'eks' && runtime !== 'ecs'))
      return undefined;
    const logGroup = fillPlaces(
      logGroups[runtime],
      { component, ...values },
      text => text,
    );
    if (!logGroup) return undefined;
    return {
      title: 'Logs in CloudWatch',
      path: logsInsightsPath(
        values.region!,
        logGroup,
        runtime === 'eks'
          ? `fields @timestamp, log\n| filter kubernetes.namespace_name = "${values.namespace}" and kubernetes.container_name = "${component}"\n| sort @timestamp desc\n| limit 200`
          : 'fields @timestamp, @message\n| sort @timestamp desc\n| limit 200',
        range,
      ),
    };
  });
}

function metricsLink(portal?: AccessPortal): LinkMaker {
  return awsLink(portal, 'aws', ({ component, cluster, ...values }) => {
    if (!component || !cluster) return undefined;
    if (values.runtime === 'ecs') {
      const of = ['ServiceName', component, 'ClusterName', cluster];
      return {
        title: 'CloudWatch metrics',
        path: metricsPath(values.region!, [
          ['AWS/ECS', 'CPUUtilization', ...of],
          ['AWS/ECS', 'MemoryUtilization', ...of],
        ]),
      };
    }
    if (!values.namespace) return undefined;
    const of = [
      ...['PodName', component],
      ...['ClusterName', cluster],
      ...['Namespace', values.namespace],
    ];
    return {
      title: 'CloudWatch metrics',
      path: metricsPath(values.region!, [
        ['ContainerInsights', 'pod_cpu_utilization', ...of],
        ['ContainerInsights', 'pod_memory_utilization', ...of],
      ]),
    };
  });
}

function clusterLink(portal?: AccessPortal): LinkMaker {
  return awsLink(portal, 'aws', ({ cluster, component, ...values }) => {
    if (!cluster) return undefined;
    if (values.runtime === 'eks') {
      return {
        title: 'EKS cluster',
        path: eksClusterPath(values.region!, cluster),
      };
    }
    // the service itself is linked where it was found
    return component
      ? undefined
      : { title: 'ECS cluster', path: ecsClusterPath(values.region!, cluster) };
  });
}

/** What belongs to an environment and to none of its components. */
function environmentLinks(portal?: AccessPortal): LinkMaker[] {
  return [
    awsLink(portal, 'aws', ({ component, database, region }) =>
      component || !database
        ? undefined
        : { title: 'RDS databases', path: rdsPath(region!) },
    ),
    awsLink(portal, 'aws', ({ component, system, environment, region }) =>
      component || !system || !environment
        ? undefined
        : {
            title: 'CloudFormation stacks',
            path: stacksPath(region!, `${system}-${environment}`),
          },
    ),
  ];
}

function awsLink(
  portal: AccessPortal | undefined,
  type: DeliveryLink['type'],
  make: (
    values: LinkValues,
    range?: TimeRange,
  ) => { title: string; path: string } | undefined,
): LinkMaker {
  return {
    makeLink(values, range) {
      const { region, account } = values;
      if (!region || !account) return undefined;
      const made = make(values, range);
      return (
        made && {
          title: made.title,
          type,
          url: consoleUrl({ region, accountId: account }, made.path, portal),
          detail: `account ${account}, ${region}`,
        }
      );
    },
  };
}
