import { expect, Page, test } from '@playwright/test';
import { signIn } from './people';
import { follow, visit } from './visit';
import {
  calls,
  endScenarios,
  gitLog,
  merge,
  readFile,
  startScenario,
} from './world';

const GITOPS = 'sample-platform-ai/sample-platform-ai';
const WHO = 'sample-platform-lead';

/** Where an overlay asks for an image. */
const overlay = (environment: string, component: string) =>
  `gitops/overlays/${environment}/${component}/kustomization.yaml`;

/** The cell of a component in an environment, on the board. */
function cellOf(page: Page, component: string, environment: string) {
  return page.getByRole('button', {
    name: new RegExp(`^${component} in (\\S+ )?${environment}: `),
  });
}

/** The line of an overlay that names its image's tag. */
function tagLine(text: string): string {
  const [line] = text.match(/newTag: .*$/m) ?? [];
  if (!line) throw new Error(`No newTag in ${text}`);
  return line.trim();
}

/** The tag line of a file now, and the one before it, whose image there still is. */
async function tagLines(file: string) {
  const now = tagLine(await readFile(GITOPS, file));
  const earlier = (await gitLog(GITOPS, file))
    .flatMap(commit => commit.removed)
    .filter(line => line.includes('newTag: '))
    .map(tagLine)
    .find(line => line !== now);
  if (!earlier) throw new Error(`${file} never had another tag`);
  return { now, earlier };
}

/** The version that a line like `newTag: 2.4.0@sha256:…` asks for. */
function versionOf(line: string): string {
  return line.replace(/^newTag: *["']?/, '').replace(/[@"'].*$/, '');
}

/** Notices when a page was loaded anew. */
async function markPage(page: Page) {
  await page.evaluate(() => document.body.setAttribute('data-same', 'yes'));
  return () => expect(page.locator('body')).toHaveAttribute('data-same', 'yes');
}

test.afterEach(() => endScenarios());

test('a merge is seen on an open board, without a reload', async ({
  browser,
}) => {
  const file = overlay('dev', 'sample-frontend');
  const { now, earlier } = await tagLines(file);
  const { context, page, complaints } = await signIn(browser, WHO);
  await visit(page, follow(page), '/environments?q=sample-frontend', 'load');
  await expect(page).toHaveTitle(/Environments \| Fairway$/);
  const cell = cellOf(page, 'Sample frontend', 'dev');
  const runs = (line: string) =>
    expect(cell).toHaveAccessibleName(
      new RegExp(`: ${versionOf(line)}, Healthy, Synced`),
      { timeout: 60_000 },
    );
  await runs(now);
  const isSamePage = await markPage(page);

  await merge(GITOPS, file, 'Go back', text => text.replace(now, earlier));
  await runs(earlier);
  await merge(GITOPS, file, 'Go on', text => text.replace(earlier, now));
  await runs(now);

  await isSamePage();
  expect(complaints.list).toEqual([]);
  await context.close();
});

test('F57 what fails is degraded with a sentence, and heals by itself', async ({
  browser,
}) => {
  const { context, page, complaints } = await signIn(browser, WHO);
  await visit(page, follow(page), '/environments?q=sample-frontend', 'load');
  const cell = cellOf(page, 'Sample frontend', 'uat');
  await expect(cell).toHaveAccessibleName(/, Healthy/);
  const isSamePage = await markPage(page);

  await startScenario('sync-degraded', { application: 'sample-frontend-uat' });
  await expect(cell).toHaveAccessibleName(/, Degraded/, { timeout: 60_000 });
  await cell.click();
  const drawer = page.getByRole('dialog');
  await expect(drawer).toContainText(/Degraded for .+|is degraded/i);
  await expect(drawer).toContainText(/Pod|Deployment/);

  await endScenarios();
  await expect(cell).toHaveAccessibleName(/, Healthy/, { timeout: 60_000 });
  await expect(drawer).not.toContainText('Degraded');
  await isSamePage();
  expect(complaints.list).toEqual([]);
  await context.close();
});

test('F48 what Argo CD says nothing about is stale with its age, and comes back by itself', async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const { context, page, complaints } = await signIn(browser, WHO);
  await visit(page, follow(page), '/environments?q=sample-backend', 'load');
  const cell = cellOf(page, 'Sample backend', 'prod');
  await expect(cell).toHaveAccessibleName(/, Healthy/);
  const isSamePage = await markPage(page);
  const main = page.getByRole('main').last();

  // the feed takes half a minute of silence for an outage here
  await startScenario('argo-silent');
  await expect(cell).toHaveAccessibleName(/, Unknown/, { timeout: 90_000 });
  const silence = /Argo CD .*has not answered for (\d+) s; last known: Healthy/;
  await expect(cell).toHaveAttribute('title', silence);
  await expect(main).toContainText(/stale since \d+:\d+.*Argo CD/);
  await cell.click();
  const drawer = page.getByRole('dialog');
  await expect(drawer).toContainText(silence);
  await page.keyboard.press('Escape');

  await endScenarios();
  await expect(cell).toHaveAccessibleName(/, Healthy/, { timeout: 60_000 });
  await expect(main).toContainText(/live · /);
  await isSamePage();
  expect(complaints.list).toEqual([]);
  await context.close();
});

test('F53 markup and script links of others are text, and the page may run no script of theirs', async ({
  browser,
}) => {
  const file = overlay('dev', 'sample-backend');
  const evil =
    '<img src=x onerror="document.title=1"> [click](javascript:alert(1))';
  const { now, earlier } = await tagLines(file);
  await merge(GITOPS, file, evil, text => text.replace(now, earlier));

  const { context, page, complaints } = await signIn(browser, WHO);
  const response = await page.goto(
    '/catalog/default/component/sample-backend/delivery',
  );
  const policy = response!.headers()['content-security-policy'];
  expect(policy).toMatch(/script-src [^;]*'self'/);
  expect(policy).not.toMatch(/script-src[^;]*'unsafe-inline'/);
  await expect(
    page.getByRole('listitem').filter({ hasText: evil }).first(),
  ).toBeVisible({ timeout: 60_000 });
  await page.goto(
    '/environments?q=sample-backend&cell=component:default/sample-backend@environment:default/sample-platform-ai-dev',
  );
  await expect(page.getByRole('dialog')).toContainText(evil);
  expect(await page.locator('img[src="x"]').count()).toBe(0);
  expect(
    await page
      .locator('[href^="javascript:" i], [src^="javascript:" i]')
      .count(),
  ).toBe(0);
  expect(await page.title()).not.toBe('1');
  await merge(GITOPS, file, 'Go on', text => text.replace(earlier, now));
  expect(complaints.list).toEqual([]);
  await context.close();
});

test('F89 a board that was offline shows no green meanwhile, and catches up by itself', async ({
  browser,
}) => {
  const { context, page } = await signIn(browser, WHO);
  await visit(page, follow(page), '/environments?q=sample-frontend', 'load');
  const cell = cellOf(page, 'Sample frontend', 'uat');
  await expect(cell).toHaveAccessibleName(/, Healthy/);
  const isSamePage = await markPage(page);
  const main = page.getByRole('main').last();
  await expect(main).toContainText(/live · /);

  await context.setOffline(true);
  await startScenario('sync-degraded', { application: 'sample-frontend-uat' });
  await expect(main).toContainText(/stale since \d+:\d+/);
  await expect(main).not.toContainText(/live · /);
  await expect(
    page.getByRole('grid', { name: 'Services by environment' }),
  ).toHaveAttribute('data-stale', /.+/);

  await context.setOffline(false);
  await expect(cell).toHaveAccessibleName(/, Degraded/, { timeout: 60_000 });
  await expect(main).toContainText(/live · /);
  await isSamePage();
  await endScenarios();
  await expect(cell).toHaveAccessibleName(/, Healthy/, { timeout: 60_000 });
  await context.close();
});

/** How often each page is opened; the number of calls that one call a view would add. */
const VIEWS = 24;

/**
 * Feeds ask on schedule, whoever looks. So what the sandbox counts while pages
 * are opened is compared with what it counts in as long a time without any
 * view: one call for each view of one of the pages would be VIEWS more on its
 * route, each time. A feed whose round falls into one of the two times only may
 * ask as often once, so what is more once is looked at again. Signing in is over
 * before.
 */
test('no view of a page calls an upstream', async ({ browser }) => {
  test.setTimeout(480_000);
  const { context, page } = await signIn(browser, WHO);
  const traffic = follow(page);
  const pages = [
    '/environments',
    '/catalog/default/component/sample-backend/delivery',
    '/catalog/default/environment/sample-platform-ai-prod',
  ];

  const findMore = async () => {
    for (const path of pages) await visit(page, traffic, path, 'load');
    const beforeViews = await calls();
    const began = performance.now();
    for (let i = 0; i < VIEWS; i++) {
      for (const path of pages) await visit(page, traffic, path, 'link');
    }
    const tookMs = performance.now() - began;
    const afterViews = await calls();
    await page.goto('about:blank');
    const beforeIdle = await calls();
    await page.waitForTimeout(tookMs);
    const afterIdle = await calls();
    const between = (from: Map<string, number>, to: Map<string, number>) =>
      new Map([...to].map(([route, n]) => [route, n - (from.get(route) ?? 0)]));
    const idle = between(beforeIdle, afterIdle);
    return [...between(beforeViews, afterViews)]
      .map(([route, viewing]) => ({
        route,
        viewing,
        alone: idle.get(route) ?? 0,
      }))
      .filter(({ viewing, alone }) => viewing - alone >= VIEWS);
  };
  let more = await findMore();
  if (more.length > 0) {
    const again = new Set((await findMore()).map(({ route }) => route));
    more = more.filter(({ route }) => again.has(route));
  }
  expect(
    more.map(
      ({ route, viewing, alone }) =>
        `${route}: ${viewing} while viewing, ${alone} while not`,
    ),
  ).toEqual([]);
  await context.close();
});
