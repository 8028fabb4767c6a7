/**
 * The TechDocs reader loads one stylesheet, and only under a name of this
 * form (`main.` and eight hex digits).
 */
export const STYLESHEET_NAME = 'main.fa17a001.min.css';

/** Colours and sizes come from the reader's theme; this gives the structure. */
export const STYLESHEET = `
.md-typeset { line-height: 1.6; overflow-wrap: break-word; }
.md-typeset h1 { margin: 0 0 0.8em; font-weight: 600; }
.md-typeset h2 { margin: 1.8em 0 0.6em; font-weight: 600; }
.md-typeset h3, .md-typeset h4 { margin: 1.4em 0 0.5em; font-weight: 600; }
.md-typeset p, .md-typeset ul, .md-typeset ol, .md-typeset blockquote { margin: 0.8em 0; }
.md-typeset ul, .md-typeset ol { padding-left: 1.6em; }
.md-typeset ul { list-style: disc; }
.md-typeset ol { list-style: decimal; }
.md-typeset li { margin: 0.3em 0; }
.md-typeset code { padding: 0.1em 0.35em; border-radius: 4px; font-size: 0.88em; background: var(--md-code-bg-color); color: var(--md-code-fg-color); }
.md-typeset pre { margin: 1em 0; border-radius: 6px; background: var(--md-code-bg-color); overflow-x: auto; }
.md-typeset pre > code { display: block; padding: 0.9em 1.1em; background: none; line-height: 1.5; }
.md-typeset__scrollwrap { overflow-x: auto; margin: 1em 0; }
.md-typeset table { border-collapse: collapse; }
.md-typeset th, .md-typeset td { padding: 0.45em 0.9em; border-bottom: 1px solid var(--md-default-fg-color--lightest); text-align: left; vertical-align: top; }
.md-typeset th { font-weight: 600; }
.md-typeset blockquote { padding-left: 1em; border-left: 4px solid var(--md-default-fg-color--lighter); color: var(--md-default-fg-color--light); }
.md-typeset img { max-width: 100%; height: auto; }
.md-typeset a { color: var(--md-typeset-a-color); }
.md-typeset hr { margin: 1.6em 0; border: 0; border-top: 1px solid var(--md-default-fg-color--lightest); }
.md-typeset .headerlink { margin-left: 0.4em; opacity: 0; text-decoration: none; }
.md-typeset :hover > .headerlink, .md-typeset .headerlink:focus { opacity: 1; }
.md-typeset .admonition { margin: 1.2em 0; padding: 0 0.9em 0.2em; border: 1px solid var(--md-default-fg-color--lightest); border-left: 4px solid #2f7fd0; border-radius: 6px; }
.md-typeset .admonition.warning { border-left-color: #d98a00; }
.md-typeset .admonition.danger { border-left-color: #cf3a31; }
.md-typeset .admonition.tip { border-left-color: #1f8f55; }
.md-typeset .admonition-title { font-weight: 600; }
.md-nav__list { margin: 0; padding: 0; list-style: none; }
.md-nav__list .md-nav__list { padding-left: 0.9em; }
.md-nav__item { padding: 0 0.6em; }
.md-nav__title { display: block; padding: 0 0.6em; font-weight: 700; }
.md-nav__link { display: block; margin-top: 0.6em; color: inherit; text-decoration: none; }
.md-nav__item--section > .md-nav__link { font-weight: 700; }
.fairway-level-3 { padding-left: 1.5em; }
.md-footer__inner { display: flex; justify-content: space-between; }
.md-footer__link { padding: 0.6em; color: inherit; text-decoration: none; }
.md-footer__direction { font-size: 0.8em; opacity: 0.75; }
.hljs-comment, .hljs-quote { color: var(--md-code-hl-comment-color); }
.hljs-keyword, .hljs-selector-tag, .hljs-literal { color: var(--md-code-hl-keyword-color); }
.hljs-string, .hljs-attr-value { color: var(--md-code-hl-string-color); }
.hljs-number { color: var(--md-code-hl-number-color); }
.hljs-title, .hljs-section { color: var(--md-code-hl-function-color); }
.hljs-attr, .hljs-attribute, .hljs-variable, .hljs-name { color: var(--md-code-hl-name-color); }
@media print { .md-sidebar, .md-footer { display: none; } }
`;
