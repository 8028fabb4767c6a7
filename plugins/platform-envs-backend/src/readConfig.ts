import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { PaceIntervals } from '@fairway/plugin-platform-envs-node';
import { InfrastructureConfig, readInfrastructure } from './readInfrastructure';
import { ObservabilityConfig, readObservability } from './readObservability';
import { checkUrl, readIntervals, readMilliseconds } from './readValues';
import { Patience } from './services/alerts/trackTroubles';
import { LINK_PLACES, UrlTemplate } from './services/links';

/** One Argo CD to feed on. */
export interface ArgocdInstanceConfig {
  instance: string;
  /** Without trailing slash. */
  url: string;
  frontendUrl: string;
  token: string;
  /** Absent: all that the token may see. */
  projects?: string[];
  /** Absent: all. */
  namespaces?: string[];
  relistIntervalMs?: number;
  idleTimeoutMs?: number;
}

/** How often repositories are looked at. */
export interface GitIntervals {
  /** Where pushes are not told. */
  untold: PaceIntervals;
  /** Where webhooks tell of them. */
  told: PaceIntervals;
}

/** Owners are told of trouble on ECS with nobody looking, but this much later. */
const ECS: PaceIntervals = { activeMs: 20_000, idleMs: 30 * 60_000 };

/** The block `platformEnvs`, checked. */
export interface PlatformEnvsConfig {
  gitHost?: { host: string };
  git: GitIntervals;
  /** Empty when no instance has a URL. */
  argocd: ArgocdInstanceConfig[];
  ecs: { pollIntervalMs: number; idlePollIntervalMs: number };
  alerts: Patience;
  linkTemplates: UrlTemplate[];
  webhooks: WebhooksConfig;
  observability: ObservabilityConfig;
  infrastructure: InfrastructureConfig;
  /** Whether AWS credentials are configured (the block `aws`). */
  aws: boolean;
  promotions: PromotionsConfig;
}

/** The block `platformEnvs.webhooks`; without a secret nothing is listened to. */
export interface WebhooksConfig {
  github?: { secret: string };
}

/** The block `platformEnvs.promotions`; absent values have defaults elsewhere. */
export interface PromotionsConfig {
  soakMs?: number;
  syncDeadlineMs?: number;
  verifyDeadlineMs?: number;
}

const LINKS = [
  { key: 'grafanaUrl', title: 'Grafana', type: 'grafana' },
  { key: 'lokiUrl', title: 'Logs', type: 'logs' },
  { key: 'runbookUrl', title: 'Runbook', type: 'runbook' },
] as const;

/**
 * Reads everything that the plugin takes from configuration.
 *
 * @throws Error - a value is wrong; the message has its full path.
 */
export function readConfig(root: Config): PlatformEnvsConfig {
  const config = root.getOptionalConfig('platformEnvs');
  const host = config?.getOptionalString('gitHost.host');
  return {
    ...(host && { gitHost: { host } }),
    git: readGit(root),
    argocd: readInstances(root),
    ecs: readEcs(root),
    alerts: readAlerts(root),
    linkTemplates: LINKS.flatMap(({ key, title, type }) => {
      const urlTemplate = config?.getOptionalString(`links.${key}`);
      if (!urlTemplate) return [];
      checkTemplate(`platformEnvs.links.${key}`, urlTemplate);
      return [{ title, type, urlTemplate }];
    }),
    webhooks: readWebhooks(root),
    observability: readObservability(root),
    infrastructure: readInfrastructure(root),
    aws: root.has('aws'),
    promotions: readPromotions(root),
  };
}

/** A secret that can be guessed is none: GitHub's own advice is 32 random bytes. */
const MIN_SECRET_LENGTH = 16;

function readWebhooks(root: Config): WebhooksConfig {
  const path = 'platformEnvs.webhooks.github.secret';
  const secret = root.getOptionalString(path);
  if (secret === undefined) return {};
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new InputError(
      `${path} must have at least ${MIN_SECRET_LENGTH} characters; make one with "openssl rand -hex 32"`,
    );
  }
  return { github: { secret } };
}

function readEcs(root: Config): PlatformEnvsConfig['ecs'] {
  const { activeMs, idleMs } = readIntervals(root, 'platformEnvs.ecs', ECS);
  return { pollIntervalMs: activeMs, idlePollIntervalMs: idleMs };
}

function readGit(root: Config): GitIntervals {
  const active = readMilliseconds(root, 'platformEnvs.gitPollInterval');
  const idle = readMilliseconds(root, 'platformEnvs.gitIdlePollInterval');
  const told = readMilliseconds(root, 'platformEnvs.gitToldPollInterval');
  const activeMs = active ?? 30_000;
  const idleMs = idle ?? 3 * 60 * 60_000;
  return {
    untold: { activeMs, idleMs },
    told: { activeMs: Math.max(told ?? 5 * 60_000, activeMs), idleMs },
  };
}

function readAlerts(root: Config): Patience {
  const unwell = readMilliseconds(root, 'platformEnvs.alerts.unwellFor');
  const outOfSync = readMilliseconds(root, 'platformEnvs.alerts.outOfSyncFor');
  return {
    degraded: unwell ?? 60_000,
    missing: unwell ?? 60_000,
    'out-of-sync': outOfSync ?? 10 * 60_000,
  };
}

function readPromotions(root: Config): PromotionsConfig {
  const path = 'platformEnvs.promotions';
  const soakMs = readMilliseconds(root, `${path}.soak`);
  const syncDeadlineMs = readMilliseconds(root, `${path}.syncTimeout`);
  const verifyDeadlineMs = readMilliseconds(root, `${path}.verifyTimeout`);
  return {
    ...(soakMs && { soakMs }),
    ...(syncDeadlineMs && { syncDeadlineMs }),
    ...(verifyDeadlineMs && { verifyDeadlineMs }),
  };
}

function readInstances(root: Config): ArgocdInstanceConfig[] {
  const config = root.getOptionalConfig('platformEnvs.argocd.instances');
  return (config?.keys() ?? []).flatMap(instance => {
    const path = `platformEnvs.argocd.instances.${instance}`;
    if (instance === 'ecs') {
      throw new InputError(
        `${path}: "ecs" stands for Amazon ECS; choose another name`,
      );
    }
    if (!/^[a-z0-9][a-z0-9-]*$/i.test(instance)) {
      throw new InputError(
        `${path}: a name of letters, digits and hyphens is needed, since it appears in URLs`,
      );
    }
    const own = config!.getConfig(instance);
    const url = own.getOptionalString('url');
    if (!url) return [];
    const token = own.getOptionalString('token');
    if (!token) {
      throw new InputError(
        `${path}.token is missing: make an Argo CD account with the right to get applications, and put its token there`,
      );
    }
    const frontendUrl = own.getOptionalString('frontendUrl') ?? url;
    const projects = own.getOptionalStringArray('projects');
    const namespaces = own.getOptionalStringArray('namespaces');
    const relistIntervalMs = readMilliseconds(root, `${path}.relistInterval`);
    const idleTimeoutMs = readMilliseconds(root, `${path}.idleTimeout`);
    return [
      {
        instance,
        url: checkUrl(`${path}.url`, url),
        frontendUrl: checkUrl(`${path}.frontendUrl`, frontendUrl),
        token,
        ...(projects?.length && { projects }),
        ...(namespaces?.length && { namespaces }),
        ...(relistIntervalMs && { relistIntervalMs }),
        ...(idleTimeoutMs && { idleTimeoutMs }),
      },
    ];
  });
}

/** @throws InputError - it has a place that nothing fills, or leads to no web page. */
function checkTemplate(path: string, urlTemplate: string): void {
  const places = [...urlTemplate.matchAll(/\{(\w+)\}/g)].map(m => m[1]);
  const unknown = places.find(
    place => !LINK_PLACES.some(known => known === place),
  );
  if (unknown) {
    throw new InputError(
      `${path} has a place {${unknown}} that nothing fills; there are ${LINK_PLACES.map(
        place => `{${place}}`,
      ).join(', ')}`,
    );
  }
  checkUrl(path, urlTemplate.replace(/\{\w+\}/g, 'x'));
}
