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

const PLUGINS = join(__dirname, '../../../../../plugins');
const LINES = [1, 2, 3, 4, 5, 6, 7];

/** The colours of lines in a style sheet, of the light theme and of the dark one. */
function linesOf(file: string, line: (n: number) => RegExp) {
  const css = readFileSync(join(PLUGINS, file), 'utf8');
  const dark = css.lastIndexOf("[data-theme-mode='dark']");
  const of = (part: string) => LINES.map(n => part.match(line(n))?.[1] ?? '');
  return { light: of(css.slice(0, dark)), dark: of(css.slice(dark)) };
}

const lines = linesOf(
  'platform-envs/src/theme.css',
  n => new RegExp(`--fairway-line-${n}: (#[0-9a-f]{6});`),
);

type Triple = [number, number, number];

/**
 * Full sight, then without red, green and blue cones, on linear RGB.
 *
 * @see https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html
 */
const SIGHTS: Triple[][] = [
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
];

function toLinear(hex: string): Triple {
  return [1, 3, 5]
    .map(i => parseInt(hex.slice(i, i + 2), 16) / 255)
    .map(c =>
      c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
    ) as Triple;
}

function times(matrix: Triple[], [x, y, z]: Triple): Triple {
  return matrix.map(([a, b, c]) => a * x + b * y + c * z) as Triple;
}

function seenBy(sight: Triple[], colour: Triple): Triple {
  return times(sight, colour).map(c => Math.min(1, Math.max(0, c))) as Triple;
}

/** @see https://bottosson.github.io/posts/oklab/ */
function toOklab(colour: Triple): Triple {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    colour,
  ).map(Math.cbrt) as Triple;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** How much two colours differ for people who lack a kind of cone, or none: distance in OKLab. */
function difference(a: string, b: string): number {
  return Math.min(
    ...SIGHTS.map(sight => {
      const [one, other] = [a, b].map(c => toOklab(seenBy(sight, toLinear(c))));
      return Math.hypot(...one.map((value, i) => value - other[i]));
    }),
  );
}

describe.each(Object.entries(COLOURS))(
  'the chart colours of the %s theme',
  (mode, { canvas, surface }) => {
    const colours = lines[mode as 'light' | 'dark'];

    it.each(colours)('shows %s on its surfaces with at least 3:1', colour => {
      expect(contrast(colour, canvas)).toBeGreaterThanOrEqual(3);
      expect(contrast(colour, surface)).toBeGreaterThanOrEqual(3);
    });

    it('can be told from each other by people who see colours differently', () => {
      const pairs = colours.flatMap((a, i) =>
        colours.slice(i + 1).map(b => difference(a, b)),
      );
      expect(pairs).toHaveLength(21);
      expect(Math.min(...pairs)).toBeGreaterThan(0.1);
    });

    it('has the same ones for cost', () => {
      const cost = linesOf(
        'cost/src/components/CostPage/CostPage.module.css',
        n => new RegExp(`var\\(--fairway-line-${n}, (#[0-9a-f]{6})\\)`),
      );
      expect(cost[mode as 'light' | 'dark']).toEqual(colours);
    });
  },
);
