import path from 'node:path';
import { NavEntry, Site, SitePage } from './readSite';
import { RenderedMarkdown } from './renderMarkdown';
import { STYLESHEET_NAME } from './stylesheet';

/**
 * One page in the structure that the TechDocs reader knows from the Material
 * theme: navigation, contents, article, footer.
 */
export function renderPage(options: {
  site: Site;
  page: SitePage & { title: string };
  content: string;
  headings: RenderedMarkdown['headings'];
}): string {
  const { site, page, content, headings } = options;
  const base = path.posix.relative(page.location || '.', '.') || '.';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escape(page.title)} - ${escape(site.name)}</title>
<link rel="stylesheet" href="${base}/assets/stylesheets/${STYLESHEET_NAME}">
</head>
<body dir="ltr">
<div class="md-container">
<main class="md-main" data-md-component="main">
<div class="md-main__inner md-grid">
<div class="md-sidebar md-sidebar--primary" data-md-component="sidebar" data-md-type="navigation">
<div class="md-sidebar__scrollwrap"><div class="md-sidebar__inner">
<nav class="md-nav md-nav--primary" aria-label="Navigation" data-md-level="0">
<label class="md-nav__title" for="__drawer">${escape(site.name)}</label>
<ul class="md-nav__list" data-md-scrollfix>
${site.nav.map(entry => renderNav(entry, page, base)).join('\n')}
</ul>
</nav>
</div></div>
</div>
<div class="md-sidebar md-sidebar--secondary" data-md-component="sidebar" data-md-type="toc">
<div class="md-sidebar__scrollwrap"><div class="md-sidebar__inner">
${renderContents(headings)}
</div></div>
</div>
<div class="md-content" data-md-component="content">
<article class="md-content__inner md-typeset">
${content}
</article>
</div>
</div>
</main>
<footer class="md-footer">${renderNeighbours(site, page, base)}</footer>
</div>
</body>
</html>
`;
}

function renderNav(entry: NavEntry, current: SitePage, base: string): string {
  if ('page' in entry) {
    const active = entry.page.source === current.source;
    return `<li class="md-nav__item${
      active ? ' md-nav__item--active' : ''
    }"><a class="md-nav__link${
      active ? ' md-nav__link--active' : ''
    }" href="${href(base, entry.page)}"><span class="md-ellipsis">${escape(
      titleOf(entry.page),
    )}</span></a></li>`;
  }
  return `<li class="md-nav__item md-nav__item--section"><span class="md-nav__link"><span class="md-ellipsis">${escape(
    entry.title,
  )}</span></span>
<nav class="md-nav" aria-label="${escape(
    entry.title,
  )}" data-md-level="1"><ul class="md-nav__list">
${entry.children.map(child => renderNav(child, current, base)).join('\n')}
</ul></nav></li>`;
}

function renderContents(headings: RenderedMarkdown['headings']): string {
  if (!headings.length) return '';
  const items = headings
    .map(
      heading =>
        `<li class="md-nav__item fairway-level-${
          heading.level
        }"><a class="md-nav__link" href="#${escape(
          heading.anchor,
        )}"><span class="md-ellipsis">${escape(heading.title)}</span></a></li>`,
    )
    .join('\n');
  return `<nav class="md-nav md-nav--secondary" aria-label="On this page">
<label class="md-nav__title" for="__toc">On this page</label>
<ul class="md-nav__list" data-md-component="toc" data-md-scrollfix>
${items}
</ul>
</nav>`;
}

function renderNeighbours(site: Site, page: SitePage, base: string): string {
  const index = site.pages.findIndex(other => other.source === page.source);
  const link = (
    direction: 'prev' | 'next',
    word: string,
    neighbour?: SitePage,
  ) =>
    neighbour
      ? `<a class="md-footer__link md-footer__link--${direction}" href="${href(
          base,
          neighbour,
        )}" aria-label="${word}: ${escape(
          titleOf(neighbour),
        )}" rel="${direction}"><div class="md-footer__title"><span class="md-footer__direction">${word}</span><div class="md-ellipsis">${escape(
          titleOf(neighbour),
        )}</div></div></a>`
      : '';
  return `<nav class="md-footer__inner md-grid" aria-label="Footer">${link(
    'prev',
    'Previous',
    site.pages[index - 1],
  )}${link('next', 'Next', site.pages[index + 1])}</nav>`;
}

function titleOf(page: SitePage): string {
  if (page.title) return page.title;
  if (!page.location) return 'Home';
  const words = path.posix.basename(page.location).replace(/[-_]/g, ' ');
  return words[0].toUpperCase() + words.slice(1);
}

function href(base: string, page: SitePage): string {
  return `${base}/${page.location}`;
}

function escape(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
