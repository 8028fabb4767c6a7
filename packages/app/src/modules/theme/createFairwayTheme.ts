import {
  createBaseThemeOptions,
  createUnifiedTheme,
  genPageTheme,
  palettes,
} from '@backstage/theme';
import { ThemeColours } from './colours';

/** A theme from the palette of one variant. */
export function createFairwayTheme(
  variant: 'light' | 'dark',
  colours: ThemeColours,
) {
  const flat = genPageTheme({
    colors: [colours.surface, colours.surface],
    shape: 'none',
    options: { fontColor: colours.text },
  });
  return createUnifiedTheme({
    ...createBaseThemeOptions({
      palette: {
        ...palettes[variant],
        background: { default: colours.canvas, paper: colours.surface },
        primary: { main: colours.accent },
        secondary: { main: colours.accent },
        text: { primary: colours.text, secondary: colours.textSubtle },
        border: colours.border,
        divider: colours.border,
        textSubtle: colours.textSubtle,
        textContrast: colours.text,
        link: colours.link,
        linkHover: colours.linkHover,
        status: {
          ok: colours.ok,
          warning: colours.warning,
          error: colours.error,
          running: colours.running,
          pending: colours.warning,
          aborted: colours.textSubtle,
        },
        navigation: {
          background: colours.navigation,
          color: colours.navigationText,
          selectedColor: colours.navigationSelected,
          indicator: colours.navigationIndicator,
          navItem: { hoverBackground: colours.navigationHover },
          submenu: { background: colours.navigationHover },
        },
      },
    }),
    fontFamily:
      'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
    defaultPageTheme: 'home',
    pageTheme: Object.fromEntries(
      [
        'home',
        'documentation',
        'tool',
        'service',
        'website',
        'library',
        'other',
        'app',
        'apis',
        'card',
      ].map(name => [name, flat]),
    ),
    components: {
      BackstageHeader: {
        styleOverrides: {
          header: {
            backgroundImage: 'none',
            backgroundColor: colours.surface,
            boxShadow: 'none',
            borderBottom: `1px solid ${colours.border}`,
            paddingBlock: 16,
          },
          title: { color: colours.text, fontSize: '1.375rem' },
          // the stock header fades them below AA
          subtitle: { color: colours.textSubtle, opacity: 1 },
          type: { color: colours.textSubtle, opacity: 1 },
          breadcrumb: { color: colours.textSubtle },
          breadcrumbTitle: { color: colours.text },
        },
      },
      BackstageHeaderLabel: {
        styleOverrides: {
          label: { color: colours.textSubtle },
          value: { color: colours.text },
        },
      },
      BackstageHeaderTabs: {
        styleOverrides: {
          defaultTab: { textTransform: 'none', fontSize: '0.875rem' },
          tabRoot: { '&:hover': { color: colours.text } },
        },
      },
      MuiPaper: {
        styleOverrides: {
          elevation1: {
            boxShadow: 'none',
            border: `1px solid ${colours.border}`,
          },
        },
      },
      MuiButton: {
        styleOverrides: {
          root: { textTransform: 'none' },
          containedPrimary: {
            color: colours.accentText,
            '&:hover': { backgroundColor: colours.linkHover },
          },
        },
      },
      // card titles: dense and calm
      BackstageInfoCard: {
        styleOverrides: {
          headerTitle: { fontSize: '1rem', fontWeight: 600 },
          header: { padding: '12px 16px' },
        },
      },
      MuiCardHeader: {
        styleOverrides: { title: { fontSize: '1rem', fontWeight: 600 } },
      },
      MuiTab: { styleOverrides: { root: { textTransform: 'none' } } },
    },
  });
}
