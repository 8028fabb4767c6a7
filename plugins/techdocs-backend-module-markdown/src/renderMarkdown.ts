import hljs from 'highlight.js/lib/common';
import MarkdownIt from 'markdown-it';
import anchor from 'markdown-it-anchor';
import container from 'markdown-it-container';

/** What one page became. */
export interface RenderedMarkdown {
  html: string;
  /** The first heading. */
  title?: string;
  /** Second- and third-level headings, in order. */
  headings: Array<{ level: number; title: string; anchor: string }>;
  /** Text by section, for search. */
  sections: Array<{ anchor?: string; title: string; text: string }>;
}

const ADMONITIONS = ['note', 'tip', 'info', 'warning', 'danger', 'example'];
const EXTERNAL = /^(?:[a-z][a-z0-9+.-]*:|\/|#)/i;

/**
 * Renders CommonMark with tables, fenced code in colour and `::: note`
 * containers. Raw HTML is escaped.
 *
 * `locate` turns a link to another file of the docs folder into a link to the
 * page that it becomes; undefined leaves it as it is.
 */
export function renderMarkdown(
  source: string,
  options: { page: string; locate: (target: string) => string | undefined },
): RenderedMarkdown {
  const markdown = createRenderer();
  markdown.core.ruler.push('fairway_links', state => {
    for (const token of state.tokens.flatMap(block => block.children ?? [])) {
      const name = { link_open: 'href', image: 'src' }[token.type];
      const target = name && token.attrGet(name);
      if (!name || !target || EXTERNAL.test(target)) continue;
      const located = options.locate(target);
      if (located !== undefined) token.attrSet(name, located);
    }
  });
  const tokens = markdown.parse(withoutFrontMatter(source), {});
  const headings: RenderedMarkdown['headings'] = [];
  const sections: RenderedMarkdown['sections'] = [{ title: '', text: '' }];
  let title: string | undefined;
  tokens.forEach((token, index) => {
    const text = token.type === 'inline' ? plainText(token) : token.content;
    if (tokens[index - 1]?.type === 'heading_open') {
      const level = Number(tokens[index - 1].tag.slice(1));
      const id = tokens[index - 1].attrGet('id') ?? undefined;
      if (level === 1 && title === undefined) {
        title = text;
        sections[0].title = text;
      } else {
        sections.push({ anchor: id, title: text, text: '' });
        if (id && level <= 3) headings.push({ level, title: text, anchor: id });
      }
    } else if (['inline', 'fence', 'code_block'].includes(token.type)) {
      const section = sections[sections.length - 1];
      section.text = `${section.text} ${text}`.trim();
    }
  });
  return {
    html: markdown.renderer.render(tokens, markdown.options, {}),
    title,
    headings,
    sections: sections.filter(section => section.title || section.text),
  };
}

function createRenderer(): MarkdownIt {
  const markdown = new MarkdownIt({
    html: false,
    linkify: true,
    highlight: (code, language) =>
      language && hljs.getLanguage(language)
        ? hljs.highlight(code, { language, ignoreIllegals: true }).value
        : '',
  });
  markdown.use(anchor, {
    level: [1, 2, 3, 4],
    permalink: anchor.permalink.linkInsideHeader({
      symbol: '¶',
      class: 'headerlink',
      placement: 'after',
    }),
  });
  for (const name of ADMONITIONS) {
    // the two packages' types name different module formats of one class
    container(markdown as never, name, {
      render(tokens, index) {
        if (tokens[index].nesting !== 1) return '</div>\n';
        const words = tokens[index].info.trim().slice(name.length).trim();
        const heading = words || name[0].toUpperCase() + name.slice(1);
        return `<div class="admonition ${name}"><p class="admonition-title">${markdown.utils.escapeHtml(
          heading,
        )}</p>\n`;
      },
    });
  }
  const table =
    '<div class="md-typeset__scrollwrap"><div class="md-typeset__table"><table>';
  markdown.renderer.rules.table_open = () => table;
  markdown.renderer.rules.table_close = () => '</table></div></div>\n';
  return markdown;
}

function plainText(token: {
  children: Array<{ type: string; content: string }> | null;
}): string {
  return (token.children ?? [])
    .filter(child => ['text', 'code_inline', 'softbreak'].includes(child.type))
    .map(child => (child.type === 'softbreak' ? ' ' : child.content))
    .join('')
    .replace(/\s*¶$/, '')
    .trim();
}

function withoutFrontMatter(source: string): string {
  return source.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, '');
}
