import {
  ComponentDashboard,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import { ObservedDashboard } from '@fairway/plugin-platform-envs-node';
import { dashboardUrl, GrafanaRange } from '../grafanaLinks';
import { isWebUrl } from '../links';
import { selectDashboards } from './selectDashboards';

/** Whose dashboards are wanted. */
export interface DashboardSubject {
  name: string;
  /** Tag or expression; absent: derived from the tag that is its name. */
  selector?: string;
  /** URL of the one to look at first. */
  overview?: string;
  environments: EnvironmentSummary[];
  range?: GrafanaRange;
}

/** What was found, and what an annotation asks for in vain. */
export interface FoundDashboards {
  dashboards: ComponentDashboard[];
  problems: string[];
}

/** The dashboards that show it, the overview first, then by title. */
export function matchDashboards(
  all: Array<ObservedDashboard & { instance: string }>,
  subject: DashboardSubject,
): FoundDashboards {
  const { overview } = subject;
  const problems: string[] = [];
  const found = new Set(select());
  const overviewIsSafe = overview !== undefined && isWebUrl(overview);
  if (overview !== undefined && !overviewIsSafe) {
    problems.push(
      'Its annotation grafana/overview-dashboard is not an http or https URL, so it is no link.',
    );
  }
  const isOverview = (d: ObservedDashboard) =>
    overviewIsSafe && samePage(overview, d.url);
  const named = all.find(isOverview);
  if (named) found.add(named);
  const dashboards = [...found]
    .filter(({ url }) => isWebUrl(url))
    .map(d => ({
      id: `${d.instance}/${d.uid}`,
      title: d.title,
      ...(d.folderTitle && { folder: d.folderTitle }),
      overview: isOverview(d),
      links: linksOf(d.url, environmentsOf(d, subject), subject.range),
    }));
  if (overviewIsSafe && !named) {
    dashboards.push({
      id: overview,
      title: 'Overview',
      overview: true,
      links: linksOf(overview, subject.environments, subject.range),
    });
  }
  return {
    dashboards: dashboards.sort(
      (a, b) =>
        Number(b.overview) - Number(a.overview) ||
        a.title.localeCompare(b.title),
    ),
    problems,
  };

  function select() {
    if (!subject.selector) {
      return all.filter(({ tags }) => tags.includes(subject.name));
    }
    try {
      return selectDashboards(all, subject.selector);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problems.push(
        `Its annotation grafana/dashboard-selector cannot be read: ${reason}.`,
      );
      return [];
    }
  }
}

/** A dashboard with tags of environments is of these; another is of all. */
function environmentsOf(
  { tags }: ObservedDashboard,
  { environments }: DashboardSubject,
): EnvironmentSummary[] {
  const tagged = environments.filter(
    e => tags.includes(e.shortName) || tags.includes(e.name),
  );
  return tagged.length > 0 ? tagged : environments;
}

function linksOf(
  url: string,
  environments: EnvironmentSummary[],
  range?: GrafanaRange,
): ComponentDashboard['links'] {
  return environments.map(({ ref, shortName, namespace }) => ({
    environmentRef: ref,
    url: dashboardUrl(url, { environment: shortName, namespace }, range),
  }));
}

/** Whether two URLs are of the same dashboard: `/d/<uid>` decides, the rest may differ. */
function samePage(a: string, b: string): boolean {
  const key = (text: string) => {
    const url = new URL(text);
    const uid = url.pathname.match(/\/d\/([^/]+)/)?.[1];
    return uid ? `${url.origin} ${uid}` : `${url.origin}${url.pathname}`;
  };
  return isWebUrl(b) && key(a) === key(b);
}
