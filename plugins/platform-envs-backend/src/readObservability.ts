import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { PaceIntervals } from '@fairway/plugin-platform-envs-node';
import { checkUrl, readIntervals } from './readValues';
import {
  BuiltInLinksConfig,
  DEFAULT_LOG_GROUPS,
  DEFAULT_LOKI_SELECTOR,
} from './services/builtInLinks';

/** How to enter an upstream over HTTP. */
export interface HttpAuthConfig {
  token?: string;
  username?: string;
  password?: string;
  headers?: Record<string, string>;
}

/** One Grafana to feed on. */
export interface GrafanaInstanceConfig {
  instance: string;
  /** Without trailing slash. */
  url: string;
  frontendUrl: string;
  auth: HttpAuthConfig;
  tags?: string[];
  folders?: string[];
}

/** Names of the conventions that need no query to be written. */
export const CONVENTION_NAMES = [
  'prometheus',
  'opentelemetry',
  'istio',
] as const;

/** One Prometheus to feed on; what is absent is as the convention has it. */
export interface PrometheusInstanceConfig {
  instance: string;
  /** Without trailing slash. */
  url: string;
  auth: HttpAuthConfig;
  convention: (typeof CONVENTION_NAMES)[number];
  queries: Partial<
    Record<'requests' | 'errors' | 'latencyP50' | 'latencyP95', string>
  >;
  labels: Partial<
    Record<'component' | 'environment' | 'namespace' | 'cluster', string>
  >;
  matchers: string;
  environments?: string[];
}

/** Everything about where components are watched. */
export interface ObservabilityConfig {
  /** Empty when no instance has a URL. */
  grafana: GrafanaInstanceConfig[];
  /** Empty when no instance has a URL. */
  prometheus: PrometheusInstanceConfig[];
  intervals: { grafana: PaceIntervals; prometheus: PaceIntervals };
  links: BuiltInLinksConfig;
}

/**
 * Once a minute is as often as Prometheus and Grafana look themselves. Charts
 * and alerts are for people, so hardly anything is asked while nobody looks.
 */
const DEFAULT_INTERVALS: PaceIntervals = {
  activeMs: 60_000,
  idleMs: 24 * 60 * 60_000,
};

/** @throws InputError - a value is wrong; the message has its full path. */
export function readObservability(root: Config): ObservabilityConfig {
  const grafana = readGrafana(root);
  return {
    grafana,
    prometheus: readPrometheus(root),
    intervals: {
      grafana: readIntervals(root, 'platformEnvs.grafana', DEFAULT_INTERVALS),
      prometheus: readIntervals(
        root,
        'platformEnvs.prometheus',
        DEFAULT_INTERVALS,
      ),
    },
    links: readLinks(root, grafana),
  };
}

function readGrafana(root: Config): GrafanaInstanceConfig[] {
  return instances(root, 'platformEnvs.grafana.instances').map(
    ({ instance, path, url, own }) => {
      const auth = readAuth(own);
      if (!auth.token && !auth.username) {
        throw new InputError(
          `${path}.token is missing: make a service account with the role Viewer, and put its token there`,
        );
      }
      const frontendUrl = own.getOptionalString('frontendUrl') ?? url;
      const tags = own.getOptionalStringArray('tags');
      const folders = own.getOptionalStringArray('folders');
      return {
        instance,
        url,
        frontendUrl: checkUrl(`${path}.frontendUrl`, frontendUrl),
        auth,
        ...(tags && { tags }),
        ...(folders && { folders }),
      };
    },
  );
}

function readPrometheus(root: Config): PrometheusInstanceConfig[] {
  return instances(root, 'platformEnvs.prometheus.instances').map(
    ({ instance, path, url, own }) => {
      const given = own.getOptionalString('convention') ?? 'prometheus';
      const convention = CONVENTION_NAMES.find(name => name === given);
      if (!convention) {
        throw new InputError(
          `${path}.convention must be one of ${CONVENTION_NAMES.join(
            ', ',
          )}, not "${given}"`,
        );
      }
      const matchers = own.getOptionalString('matchers') ?? '';
      if (/[{}]/.test(matchers.replace(/"(?:[^"\\]|\\.)*"/g, ''))) {
        throw new InputError(
          `${path}.matchers are what stands between braces, such as cluster="prod": without the braces`,
        );
      }
      const environments = own.getOptionalStringArray('environments');
      return {
        instance,
        url,
        auth: readAuth(own),
        convention,
        queries: readTexts(
          own,
          'queries',
          ['requests', 'errors', 'latencyP50', 'latencyP95'] as const,
          (key, query) => {
            if (query.includes('{labels}')) return;
            throw new InputError(
              `${path}.queries.${key} must group by {labels}, as in sum by ({labels}) (rate(requests_total{{matchers}}[5m]))`,
            );
          },
        ),
        labels: readTexts(
          own,
          'labels',
          ['component', 'environment', 'namespace', 'cluster'] as const,
          (key, label) => {
            if (/^[a-zA-Z_]\w*$/.test(label)) return;
            if (label === '' && key !== 'component') return;
            throw new InputError(
              `${path}.labels.${key} must be the name of a label, not "${label}"`,
            );
          },
        ),
        matchers,
        ...(environments && { environments }),
      };
    },
  );
}

function readLinks(
  root: Config,
  grafana: GrafanaInstanceConfig[],
): BuiltInLinksConfig {
  const path = 'platformEnvs.links';
  const own = root.getOptionalConfig(path);
  const datasource = own?.getOptionalString('loki.datasource');
  const givenUrl = own?.getOptionalString('loki.grafanaUrl');
  const grafanaUrl = givenUrl
    ? checkUrl(`${path}.loki.grafanaUrl`, givenUrl)
    : grafana[0]?.frontendUrl;
  if (datasource && !grafanaUrl) {
    throw new InputError(
      `${path}.loki.grafanaUrl is missing: no Grafana is configured that could stand in for it`,
    );
  }
  const portalUrl = own?.getOptionalString('aws.accessPortalUrl');
  // an empty name is a value: no such link
  const logGroup = (runtime: 'eks' | 'ecs') =>
    String(
      own?.getOptional(`aws.logGroups.${runtime}`) ??
        DEFAULT_LOG_GROUPS[runtime],
    );
  return {
    ...(datasource &&
      grafanaUrl && {
        loki: {
          grafanaUrl,
          datasource,
          selector:
            own?.getOptionalString('loki.selector') ?? DEFAULT_LOKI_SELECTOR,
        },
      }),
    aws: {
      ...(portalUrl && {
        portal: {
          url: checkUrl(`${path}.aws.accessPortalUrl`, portalUrl),
          roleName: own!.getString('aws.roleName'),
        },
      }),
      logGroups: {
        eks: logGroup('eks'),
        ecs: logGroup('ecs'),
      },
    },
  };
}

/** Those that have a URL: one that comes from an unset variable counts as not configured. */
function instances(root: Config, path: string) {
  const config = root.getOptionalConfig(path);
  return (config?.keys() ?? []).flatMap(instance => {
    const own = config!.getConfig(instance);
    const url = own.getOptionalString('url');
    return url
      ? [
          {
            instance,
            path: `${path}.${instance}`,
            url: checkUrl(`${path}.${instance}.url`, url),
            own,
          },
        ]
      : [];
  });
}

function readAuth(own: Config): HttpAuthConfig {
  const token = own.getOptionalString('token');
  const username = own.getOptionalString('username');
  const password = own.getOptionalString('password');
  const headers = own.getOptional<Record<string, string>>('headers');
  return {
    ...(token && { token }),
    ...(username && { username }),
    ...(password && { password }),
    ...(headers && { headers }),
  };
}

function readTexts<K extends string>(
  own: Config,
  block: string,
  keys: readonly K[],
  check: (key: K, text: string) => void,
): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {};
  for (const key of keys) {
    // an empty label is a value: it switches the label off
    if (!own.has(`${block}.${key}`)) continue;
    const text = String(own.get(`${block}.${key}`));
    check(key, text);
    found[key] = text;
  }
  return found;
}
