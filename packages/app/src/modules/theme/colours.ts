/**
 * The palette: neutral surfaces and one accent, the green of a channel buoy.
 * `theme.test.ts` holds every text-on-surface pair here to WCAG AA.
 */
export const COLOURS = {
  light: {
    canvas: '#f6f7f7',
    surface: '#ffffff',
    border: '#dfe3e3',
    text: '#172021',
    textSubtle: '#556163',
    accent: '#0a6b62',
    accentText: '#ffffff',
    link: '#0a6b62',
    linkHover: '#074d47',
    ok: '#17703a',
    warning: '#8a5300',
    error: '#b3261e',
    running: '#1a5fa8',
    navigation: '#10292b',
    navigationText: '#c3d0d0',
    navigationSelected: '#ffffff',
    navigationHover: '#1c3d40',
    navigationIndicator: '#57d3bf',
  },
  dark: {
    canvas: '#12181a',
    surface: '#1a2224',
    border: '#324044',
    text: '#eef2f2',
    textSubtle: '#a6b3b5',
    accent: '#57d3bf',
    accentText: '#06201d',
    link: '#6fdccb',
    linkHover: '#a3ebe0',
    ok: '#6fd593',
    warning: '#f2b35c',
    error: '#ff8f87',
    running: '#8ec2ff',
    navigation: '#0c1213',
    navigationText: '#b3c0c1',
    navigationSelected: '#ffffff',
    navigationHover: '#1f2a2c',
    navigationIndicator: '#57d3bf',
  },
} as const;

export type ThemeColours = {
  [Name in keyof (typeof COLOURS)['light']]: string;
};
