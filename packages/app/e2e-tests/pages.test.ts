import {
  APIRequestContext,
  Browser,
  expect,
  Page,
  test,
} from '@playwright/test';
import { signIn, tokenOf } from './people';
import { follow, settle, visit } from './visit';

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
  '/catalog/default/template/create-go-service',
  '/docs/default/system/fairway',
  '/docs/default/component/sample-backend',
  '/search?query=sample',
  '/cost',
  '/no/such/page',
  '/create',
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

// hundreds of pages: their pictures would take longer than the pages
test.use({ trace: 'off' });

test.describe('every page, whoever comes', () => {
  test.beforeAll(async ({ browser, request }) => {
    test.setTimeout(150_000);
    const { context, page } = await signIn(browser, 'on-call');
    const token = await tokenOf(page);
    await context.close();
    // the index for search is built in the portal's first half minute
    await expect
      .poll(() => searchDocs(request, token), { timeout: 120_000 })
      .toBe(200);
  });

  for (const person of PEOPLE) {
    test(`${person} finds no broken page`, async ({ browser }) => {
      test.setTimeout(300_000);
      expect(await walk(browser, person)).toEqual([]);
    });
  }
});

test('who may not is told in words, and offered nothing that would be refused', async ({
  browser,
}) => {
  const { context, page } = await signIn(browser, 'outsider');
  const traffic = follow(page);
  const main = page.getByRole('main').last();

  await visit(page, traffic, COMPONENT, 'load');
  const offered = await hrefs(page, 'nav a[href]');
  expect(offered).toContain(`${COMPONENT}/delivery`);
  expect(offered).not.toContain('/cost');
  expect(offered).not.toContain(`${COMPONENT}/kubernetes`);
  await visit(page, traffic, '/cost', 'load');
  await expect(main).toContainText('shown to members of a team only');
  await visit(
    page,
    traffic,
    '/create/templates/default/create-go-service',
    'load',
  );
  await expect(main).toContainText('Members of a team can run templates');
  await context.close();
});

/** Opens every page as one person, in both themes; answers what is wrong. */
async function walk(browser: Browser, person: string): Promise<string[]> {
  const { context, page, complaints } = await signIn(browser, person);
  const traffic = follow(page);
  const found: string[] = [];
  let theme = 'light';
  const note = (path: string, problems: string[]) => {
    for (const problem of new Set([...problems, ...complaints.list])) {
      found.push(`${person}, ${theme}, ${path}: ${problem}`);
    }
    complaints.list.length = 0;
  };
  const go = async (path: string, how: 'load' | 'link') => {
    note(path, await visit(page, traffic, path, how));
    // each page is opened in the theme that the one before was left in
    theme = theme === 'light' ? 'dark' : 'light';
    await changeTheme(page, theme);
    note(path, await settle(page, traffic));
  };

  note('/', []);
  await changeTheme(page, theme);
  await go('/', 'load');
  const sidebar = await hrefs(page, 'nav a[href^="/"]');
  expect(sidebar).toContain('/environments');

  await go(COMPONENT, 'link');
  const tabs = await hrefs(page, `nav a[href^="${COMPONENT}/"]`);
  expect(tabs).toContain(`${COMPONENT}/delivery`);

  for (const path of [...sidebar, ...tabs, ...FURTHER]) {
    await go(path, 'link');
  }
  await context.close();
  return found;
}

/** As the settings of another tab would. */
async function changeTheme(page: Page, theme: string) {
  await page.evaluate(to => {
    localStorage.setItem('theme', to);
    window.dispatchEvent(new StorageEvent('storage', { key: 'theme' }));
  }, theme);
  await expect(page.locator('body')).toHaveAttribute('data-theme-mode', theme);
}

/** Status of a search for documentation. */
async function searchDocs(
  request: APIRequestContext,
  token: string,
): Promise<number> {
  const response = await request.get(
    '/api/search/query?term=&types[0]=techdocs',
    {
      headers: { authorization: `Bearer ${token}` },
    },
  );
  return response.status();
}
