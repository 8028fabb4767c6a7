import { DeliveryLink } from '@fairway/plugin-platform-envs-common';

/** A link whose URL has places for the particulars of a cell. */
export interface LinkTemplate {
  title: string;
  type: DeliveryLink['type'];
  /**
   * With `{component}`, `{environment}`, `{system}`, `{namespace}` and
   * `{cluster}`; values are URL-encoded.
   */
  urlTemplate: string;
}

/** Whether a URL leads to a web page; anything else could run in the reader's browser. */
export function isWebUrl(url: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** The links whose every place can be filled. */
export function fillLinks(
  templates: LinkTemplate[],
  values: Record<string, string | undefined>,
): DeliveryLink[] {
  return templates.flatMap(({ title, type, urlTemplate }) => {
    const places = [...urlTemplate.matchAll(/\{(\w+)\}/g)].map(m => m[1]);
    if (places.some(place => values[place] === undefined)) return [];
    const url = urlTemplate.replace(/\{(\w+)\}/g, (_, place) =>
      encodeURIComponent(values[place]!),
    );
    return isWebUrl(url) ? [{ title, type, url }] : [];
  });
}
