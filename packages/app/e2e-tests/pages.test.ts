import { expect, Page, test } from '@playwright/test';
import { signIn } from './people';
import { follow, visit } from './visit';

/** One of each kind of person. */
const PEOPLE = [
  'sample-platform-developer',
  'sample-platform-lead',
  'platform-engineer',
  'on-call',
  'outsider',
];

const COMPONENT = '/catalog/default/component/sample-backend';

/** Pages that no link of the sidebar or of the component leads to. */
const FURTHER = [
  '/catalog/default/environment/sample-platform-ai-prod',
  '/catalog/default/system/sample-platform-ai',
  '/catalog/default/resource/sample-platform-ai-prod-db',
  '/catalog/default/group/sample-platform-ai',
  '/catalog/default/user/on-call',
  '/docs/default/system/fairway',
  '/docs/default/component/sample-backend',
  '/search?query=sample',
  '/cost',
  '/create/tasks',
  '/create/templates/default/create-go-service',
  ...[
    'component',
    'environment',
    'system',
    'domain',
    'api',
    'resource',
    'group',
    'user',
    'template',
    'location',
  ].map(kind => `/catalog?filters[kind]=${kind}`),
];

async function hrefs(page: Page, selector: string): Promise<string[]> {
  const found = await page
    .locator(selector)
    .evaluateAll(links => links.map(link => link.getAttribute('href')!));
  return [...new Set(found)];
}

test.describe('every page, whoever comes', () => {
  for (const person of PEOPLE) {
    test(`${person} finds no broken page`, async ({ browser }) => {
      test.setTimeout(300_000);
      const { context, page, complaints } = await signIn(browser, person);
      const traffic = follow(page);
      const found: string[] = [];
      const seen: string[] = [];
      const go = async (theme: string, path: string, how: 'load' | 'link') => {
        complaints.list.length = 0;
        const problems = await visit(page, traffic, path, how);
        for (const problem of new Set([...problems, ...complaints.list])) {
          if (process.env.SHOW) console.log(theme, path, problem);
          found.push(`${person}, ${theme}, ${path}: ${problem}`);
        }
        seen.push(`${theme} ${path}`);
      };

      for (const theme of ['light', 'dark']) {
        await page.evaluate(t => localStorage.setItem('theme', t), theme);
        await go(theme, '/', 'load');
        await expect(page.locator('body')).toHaveAttribute(
          'data-theme-mode',
          theme,
        );
        const sidebar = await hrefs(page, 'nav a[href^="/"]');
        expect(sidebar).toContain('/environments');

        await go(theme, COMPONENT, 'link');
        const tabs = await hrefs(page, `nav a[href^="${COMPONENT}/"]`);
        expect(tabs).toContain(`${COMPONENT}/delivery`);

        for (const path of [...sidebar, ...tabs, ...FURTHER]) {
          await go(theme, path, 'link');
        }
      }
      await context.close();
      expect(seen.length).toBeGreaterThan(50);
      expect(found).toEqual([]);
    });
  }
});
