import { Application, ApplicationSource, ApplicationSpec } from './types';

/** What Go writes for a source that is not there. */
export const NO_SOURCE: ApplicationSource = { repoURL: '' };

/** The sources of an application, in order; one or several. */
export function sourcesOf(spec: ApplicationSpec): ApplicationSource[] {
  if (spec.sources?.length) {
    return spec.sources;
  }
  return spec.source ? [spec.source] : [];
}

/** Whether the application has `sources` instead of `source`. */
export function hasSeveralSources(spec: ApplicationSpec): boolean {
  return Boolean(spec.sources?.length);
}

/** `owner/name` of a repository URL; empty when it names none. */
export function repositoryOf(url: string | undefined): string {
  return url?.replace(/\.git$/, '').match(/[/:]([^/:]+\/[^/]+)$/)?.[1] ?? '';
}

/** Whether any source of the application is in the repository (`owner/name`). */
export function reads(application: Application, repository: string): boolean {
  return sourcesOf(application.spec).some(
    source => repositoryOf(source.repoURL) === repository,
  );
}

/**
 * A place where Argo CD keeps what was deployed: `source` and `revision` for
 * one source, `sources` and `revisions` for several.
 */
export function deployedFrom(
  sources: ApplicationSource[],
  revisions: string[],
  several: boolean,
): {
  revision?: string;
  revisions?: string[];
  source: ApplicationSource;
  sources?: ApplicationSource[];
} {
  return several
    ? { revisions, source: NO_SOURCE, sources }
    : { revision: revisions[0], source: sources[0] ?? NO_SOURCE };
}

/** The revisions of such a place, in the order of the sources. */
export function revisionsOf(place: {
  revision?: string;
  revisions?: string[];
}): string[] {
  if (place.revisions?.length) {
    return place.revisions;
  }
  return place.revision ? [place.revision] : [];
}
