import AxeBuilder from '@axe-core/playwright';
import { Browser, expect, Page, test } from '@playwright/test';
import { signIn } from './people';
import { follow, visit } from './visit';

const PAGES = [
  ['home', '/'],
  ['board', '/environments'],
  ['delivery', '/catalog/default/component/sample-backend/delivery'],
  ['promotions', '/promotions'],
  ['environment', '/catalog/default/environment/sample-platform-ai-prod'],
  ['cost', '/cost'],
] as const;

/**
 * What axe finds, one line an element: rule, element, and what is wrong. No
 * region is left out, not even those that others draw.
 */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(
      node =>
        `${id}: ${node.target.join(' ')} ${node.html.slice(0, 160)} ${
          node.failureSummary?.split('\n').slice(1).join(';').trim() ?? ''
        }`,
    ),
  );
}

for (const theme of ['light', 'dark'] as const) {
  test(`every page of ours can be read by everybody, ${theme}`, async ({
    browser,
  }) => {
    test.setTimeout(300_000);
    const { context, page } = await signIn(browser, 'sample-platform-lead');
    const traffic = follow(page);
    await page.evaluate(t => localStorage.setItem('theme', t), theme);
    const found: string[] = [];
    for (const [name, path] of PAGES) {
      found.push(...(await visit(page, traffic, path, 'load')));
      for (const violation of await violations(page)) {
        found.push(`${name}, ${theme}: ${violation}`);
      }
    }
    await context.close();
    expect(found).toEqual([]);
  });

  test(`the sign-in page can be read by everybody, ${theme}`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ colorScheme: theme });
    const page = await context.newPage();
    await page.addInitScript(t => localStorage.setItem('theme', t), theme);
    await page.goto('/');
    await expect(
      page.getByRole('heading', { name: 'Who are you?' }),
    ).toBeVisible();
    expect(await violations(page)).toEqual([]);
    // who comes back without having chosen is invited, not sent away again
    await page.goto('/?error=Nobody+was+chosen');
    await expect(page.getByRole('heading', { name: 'Fairway' })).toBeVisible();
    await expect(page.getByText('Nobody was chosen')).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await context.close();
  });
}

/** Elements that stick out to the right of the window, outermost first. */
async function stickingOut(browser: Browser, width: number) {
  const { context, page } = await signIn(browser, 'sample-platform-lead');
  await page.setViewportSize({ width, height: 844 });
  const traffic = follow(page);
  const found: string[] = [];
  for (const [name, path] of PAGES) {
    found.push(...(await visit(page, traffic, path, 'load')));
    const { scrollWidth, innerWidth, culprits } = await page.evaluate(() => ({
      scrollWidth: document.scrollingElement!.scrollWidth,
      innerWidth: window.innerWidth,
      culprits: [...document.body.querySelectorAll('*')]
        .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
        .slice(0, 3)
        .map(e => e.outerHTML.slice(0, 120)),
    }));
    if (scrollWidth > innerWidth) {
      found.push(
        `${name} is ${scrollWidth} px wide in ${innerWidth} px: ${culprits.join(
          ' | ',
        )}`,
      );
    }
  }
  await context.close();
  return found;
}

for (const width of [390, 1024]) {
  test(`no page scrolls sideways at ${width} px`, async ({ browser }) => {
    expect(await stickingOut(browser, width)).toEqual([]);
  });
}

test('what a form lets one choose of stays within 390 px', async ({
  browser,
}) => {
  const { context, page } = await signIn(browser, 'sample-platform-lead');
  await page.setViewportSize({ width: 390, height: 844 });
  const form = '/create/templates/default/remove-service';
  await visit(page, follow(page), form, 'load');
  await page.getByRole('combobox').first().fill('s');
  const list = await page.locator('.bui-ComboboxPopover').boundingBox();
  expect(list!.x).toBeGreaterThanOrEqual(12);
  expect(list!.x + list!.width).toBeLessThanOrEqual(390 - 12);
  await context.close();
});

test('the board is worked by keyboard: open a cell, close it, back where one was', async ({
  browser,
}) => {
  const { context, page } = await signIn(browser, 'sample-platform-lead');
  await visit(page, follow(page), '/environments?q=sample-backend', 'load');
  const cell = page
    .getByRole('row', { name: /^Sample backend/ })
    .getByRole('button')
    .first();
  await cell.focus();
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog');
  await expect(drawer).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(cell).toBeFocused();
  await context.close();
});
