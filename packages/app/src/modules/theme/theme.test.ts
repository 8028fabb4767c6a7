import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COLOURS, ThemeColours } from './colours';

/** @see https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [r, g, bl] = [1, 3, 5]
      .map(i => parseInt(hex.slice(i, i + 2), 16) / 255)
      .map(c => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * bl;
  };
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const PAIRS: Array<[keyof ThemeColours, keyof ThemeColours]> = [
  ['text', 'canvas'],
  ['text', 'surface'],
  ['textSubtle', 'canvas'],
  ['textSubtle', 'surface'],
  ['link', 'canvas'],
  ['link', 'surface'],
  ['linkHover', 'surface'],
  ['accentText', 'accent'],
  ['ok', 'surface'],
  ['warning', 'surface'],
  ['error', 'surface'],
  ['running', 'surface'],
  ['navigationText', 'navigation'],
  ['navigationSelected', 'navigation'],
  ['navigationText', 'navigationHover'],
];

describe.each(Object.entries(COLOURS))('the %s theme', (_name, colours) => {
  it.each(PAIRS)('shows %s on %s with at least 4.5:1', (text, surface) => {
    expect(contrast(colours[text], colours[surface])).toBeGreaterThanOrEqual(
      4.5,
    );
  });
});

const TOKENS: Array<[string, keyof ThemeColours]> = [
  ['--bui-bg-app', 'canvas'],
  ['--bui-fg-primary', 'text'],
  ['--bui-fg-secondary', 'textSubtle'],
  ['--bui-fg-success', 'ok'],
  ['--bui-fg-warning', 'warning'],
  ['--bui-fg-danger', 'error'],
  ['--bui-fg-info', 'running'],
];

describe.each(Object.entries(COLOURS))(
  'the tokens of the %s theme',
  (mode, colours) => {
    const [, block] =
      readFileSync(join(__dirname, 'tokens.css'), 'utf8').match(
        new RegExp(`\\[data-theme-mode='${mode}'\\] \\{([^}]*)\\}`),
      ) ?? [];

    it.each(TOKENS)('have %s as the palette has it', (token, name) => {
      expect(block).toContain(`${token}: ${colours[name]};`);
    });
  },
);
