import { ServiceUnavailableError } from '@backstage/errors';
import {
  ObservabilitySource,
  ObservedAlert,
  ObservedDashboard,
  ObservedThings,
} from '@fairway/plugin-platform-envs-node';
import { inSlices } from '../../inSlices';
import { shareStrings } from '../../shareStrings';
import { getJson, HttpAuth, HttpUpstream } from '../http/getJson';
import {
  GrafanaRule,
  ruleSchema,
  rulesSchema,
  searchHitSchema,
} from './schema';

/** One Grafana, and what of it is of interest. */
export interface GrafanaObservabilitySourceOptions {
  instance: string;
  /** Without trailing slash. */
  url: string;
  /** What people's browsers call it; without trailing slash. */
  frontendUrl: string;
  auth: HttpAuth;
  /** Only dashboards with all of these tags. */
  tags?: string[];
  /** Only dashboards in these folders, by UID. */
  folders?: string[];
  /** How long one answer may take. Default: 20 seconds. */
  timeoutMs?: number;
}

/** As many as Grafana gives on one page. */
const PAGE_SIZE = 5_000;
/** Nobody has more dashboards; a Grafana that does not know pages would be asked forever. */
const MAX_PAGES = 10;

/**
 * Dashboards and alert rules of one Grafana: one search and one list of rules
 * for all components.
 *
 * @see https://grafana.com/docs/grafana/latest/developers/http_api/
 */
export class GrafanaObservabilitySource implements ObservabilitySource {
  readonly instance: string;
  readonly title: string;
  readonly #options: GrafanaObservabilitySourceOptions;
  readonly #upstream: HttpUpstream;

  constructor(options: GrafanaObservabilitySourceOptions) {
    this.instance = options.instance;
    this.title = `Grafana ${options.instance}`;
    this.#options = options;
    this.#upstream = {
      title: this.title,
      url: options.url,
      auth: options.auth,
      authKey: `platformEnvs.grafana.instances.${options.instance}.token`,
      timeoutMs: options.timeoutMs ?? 20_000,
    };
  }

  async read(signal: AbortSignal): Promise<ObservedThings> {
    const [dashboards, alerts] = await Promise.all([
      this.#dashboards(signal),
      this.#alerts(signal),
    ]);
    return { dashboards, alerts };
  }

  async #dashboards(signal: AbortSignal): Promise<ObservedDashboard[]> {
    const found: ObservedDashboard[] = [];
    for (let page = 1; page <= MAX_PAGES; page++) {
      const search = new URLSearchParams({
        type: 'dash-db',
        limit: `${PAGE_SIZE}`,
        page: `${page}`,
      });
      for (const tag of this.#options.tags ?? []) search.append('tag', tag);
      if (this.#options.folders?.length) {
        search.set('folderUIDs', this.#options.folders.join(','));
      }
      const hits = await this.#json(`/api/search?${search}`, signal);
      if (!Array.isArray(hits)) throw this.#unusable('a list of dashboards');
      await inSlices(hits, hit => found.push(...this.#dashboard(hit)));
      if (hits.length < PAGE_SIZE) break;
    }
    return found;
  }

  #dashboard(hit: unknown): ObservedDashboard[] {
    const parsed = searchHitSchema.safeParse(hit);
    if (!parsed.success) return [];
    const { uid, title, url, tags, folderTitle, folderUrl } = parsed.data;
    return [
      {
        uid,
        title,
        tags: tags ?? [],
        url: this.#page(url),
        folderTitle: folderTitle ?? '',
        folderUrl: folderUrl ? this.#page(folderUrl) : '',
      },
    ];
  }

  async #alerts(signal: AbortSignal): Promise<ObservedAlert[]> {
    const answer = await this.#json(
      '/api/prometheus/grafana/api/v1/rules',
      signal,
    );
    const parsed = rulesSchema.safeParse(answer);
    if (!parsed.success) throw this.#unusable('a list of alert rules');
    const places = parsed.data.data.groups.flatMap(({ file, name, rules }) =>
      rules.map((rule, at) => ({ rule, place: `${file ?? ''}/${name}/${at}` })),
    );
    const found: ObservedAlert[] = [];
    const strings = new Map<string, string>();
    await inSlices(places, ({ rule, place }) => {
      const read = ruleSchema.safeParse(shareStrings(rule, strings));
      if (!read.success || read.data.type === 'recording') return;
      found.push(...this.#instances(read.data, place));
    });
    return found;
  }

  #instances(rule: GrafanaRule, place: string): ObservedAlert[] {
    const { uid, alerts } = rule;
    const base = {
      title: rule.name,
      labels: rule.labels ?? {},
      annotations: rule.annotations ?? {},
      ...(uid && {
        url: this.#page(`/alerting/grafana/${encodeURIComponent(uid)}/view`),
      }),
    };
    if (!alerts?.length) {
      return [{ ...base, id: `${uid ?? place}`, state: ruleState(rule) }];
    }
    return alerts.map((alert, index) => ({
      ...base,
      id: `${uid ?? place}/${index}`,
      labels: { ...base.labels, ...alert.labels },
      annotations: { ...base.annotations, ...alert.annotations },
      state: alertState(alert.state),
      ...sinceOf(alert.activeAt),
    }));
  }

  /** A path of Grafana's for the browser; it has the sub-path already where Grafana is served from one. */
  #page(path: string): string {
    const { frontendUrl } = this.#options;
    const base = new URL(frontendUrl);
    const subPath = base.pathname.replace(/\/$/, '');
    return subPath && path.startsWith(`${subPath}/`)
      ? `${base.origin}${path}`
      : `${frontendUrl}${path.startsWith('/') ? '' : '/'}${path}`;
  }

  #json(path: string, signal: AbortSignal): Promise<unknown> {
    return getJson(this.#upstream, path, { signal });
  }

  #unusable(what: string): Error {
    return new ServiceUnavailableError(
      `${this.title} answered with something that is not ${what}`,
    );
  }
}

/** Of a rule that has no instance: nothing matched, or it was never evaluated. */
function ruleState(rule: GrafanaRule): ObservedAlert['state'] {
  if (rule.health === 'error') return 'error';
  if (rule.health === 'nodata' || rule.health === 'unknown') return 'no-data';
  if (rule.state === 'firing') return 'firing';
  return rule.state === 'pending' ? 'pending' : 'normal';
}

/** Grafana words states as `Alerting`, or `Alerting (Error)` where another made it so; Prometheus as `firing`. */
function alertState(word: string): ObservedAlert['state'] {
  if (/\(error/i.test(word) || /^error/i.test(word)) return 'error';
  if (/\(nodata/i.test(word) || /^nodata/i.test(word)) return 'no-data';
  if (/^(alerting|firing|recovering)/i.test(word)) return 'firing';
  if (/^pending/i.test(word)) return 'pending';
  return /^(normal|inactive)/i.test(word) ? 'normal' : 'no-data';
}

/** Grafana writes the year 1 where it does not know. */
function sinceOf(activeAt: string | null | undefined): { since?: string } {
  const ms = Date.parse(activeAt ?? '');
  return ms > 0 ? { since: new Date(ms).toISOString() } : {};
}
