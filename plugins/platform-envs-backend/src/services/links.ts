import { DeliveryLink } from '@fairway/plugin-platform-envs-common';

/** What a link may say about the place that it leads to; what is not known is absent. */
export interface LinkValues {
  component?: string;
  /** Short name. */
  environment?: string;
  system?: string;
  namespace?: string;
  /** Name of the cluster. */
  cluster?: string;
  /** The primary one. */
  region?: string;
  /** Twelve digits. */
  account?: string;
  runtime?: string;
  /** Name of the database entity. */
  database?: string;
}

/** Places of a URL in configuration. */
export const LINK_PLACES = [
  'component',
  'environment',
  'system',
  'namespace',
  'cluster',
  'region',
  'account',
] as const;

/** A link whose URL has places for the particulars of a cell or an environment. */
export interface UrlTemplate {
  title: string;
  type: DeliveryLink['type'];
  /** With {@link LINK_PLACES} in braces; values are URL-encoded. */
  urlTemplate: string;
}

/** A link whose URL takes more than places. */
export interface LinkMaker {
  /** Undefined where too little is known of the place. `range`: what it opens on, instead of the last hour. */
  makeLink(values: LinkValues, range?: TimeRange): DeliveryLink | undefined;
}

/** From when to when, milliseconds since 1970. */
export interface TimeRange {
  fromMs: number;
  toMs: number;
}

/** One link of every cell or environment of which enough is known. */
export type LinkTemplate = UrlTemplate | LinkMaker;

/** Whether a URL leads to a web page; anything else could run in the reader's browser. */
export function isWebUrl(url: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** Whether it is a path of the portal itself, such as a page of its documentation. */
export function isPortalPath(url: string): boolean {
  return /^\/(?![/\\])/.test(url);
}

/** A text with its places filled and encoded; undefined when one of them is not known. */
export function fillPlaces(
  template: string,
  values: LinkValues,
  encode: (value: string) => string,
): string | undefined {
  const known = values as Record<string, string | undefined>;
  const places = [...template.matchAll(/\{(\w+)\}/g)].map(m => m[1]);
  if (places.some(place => known[place] === undefined)) return undefined;
  return template.replace(/\{(\w+)\}/g, (_, place) => encode(known[place]!));
}

/** The links whose every place can be filled, and which lead to web pages. */
export function fillLinks(
  templates: LinkTemplate[],
  values: LinkValues,
  range?: TimeRange,
): DeliveryLink[] {
  return templates.flatMap(template => {
    const link =
      'makeLink' in template ? template.makeLink(values, range) : fill();
    return link && isWebUrl(link.url) ? [link] : [];

    function fill(): DeliveryLink | undefined {
      const { title, type, urlTemplate } = template as UrlTemplate;
      const url = fillPlaces(urlTemplate, values, encodeURIComponent);
      return url === undefined ? undefined : { title, type, url };
    }
  });
}
