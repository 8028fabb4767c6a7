import { expect, test } from '@playwright/test';
import { chooseOnSignInPage, signIn, titleOf, tokenOf, watch } from './people';

test('one signs in with one click, stays signed in, signs out, and somebody else comes in', async ({
  browser,
}) => {
  const { context, page, complaints } = await signIn(
    browser,
    'sample-platform-lead',
  );

  await test.step('a reload and a second tab need no sign-in', async () => {
    await page.goto('/environments');
    await expect(page.getByRole('row').first()).toBeVisible();
    const second = await context.newPage();
    await second.goto('/settings');
    await expect(
      second.getByText(titleOf('sample-platform-lead')).first(),
    ).toBeVisible();
    await second.close();
  });

  await test.step('the session is renewed by its cookie', async () => {
    const [first, next] = [await tokenOf(page), await tokenOf(page)];
    for (const token of [first, next]) {
      const response = await page.request.get('/api/catalog/entities?limit=1', {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(response.status()).toBe(200);
    }
  });

  await test.step('after signing out one is asked anew, by keyboard too', async () => {
    await page.goto('/settings');
    await page.getByTestId('user-settings-menu').click();
    await page.getByTestId('sign-out').click();
    await page.waitForURL('**/interaction/*');
    const response = await page.request.get(
      `${
        test.info().project.use.baseURL
      }/api/auth/oidc/refresh?env=development`,
      { headers: { 'x-requested-with': 'XMLHttpRequest' } },
    );
    expect(response.status()).toBe(401);
    // whoever was here last has the focus
    const buttons = page.getByRole('button');
    await expect(buttons.nth(1)).toContainText('sample-platform-lead');
    await expect(buttons.nth(1)).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(buttons.nth(2)).toBeFocused();
  });

  expect(complaints.list).toEqual([]);

  await test.step('somebody else signs in in the same browser, from a page', async () => {
    const tab = await context.newPage();
    const ofTab = watch(tab);
    await tab.goto('/settings');
    await chooseOnSignInPage(tab, 'outsider');
    await tab.waitForURL('**/settings', { timeout: 30_000 });
    await expect(tab.getByText(titleOf('outsider')).first()).toBeVisible({
      timeout: 30_000,
    });
    expect(ofTab.list).toEqual([]);
  });
  await context.close();
});
