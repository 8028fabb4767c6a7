import { Browser, BrowserContext, expect, Page } from '@playwright/test';

/** What the browser complained of; a journey ends with this list empty. */
export interface Complaints {
  list: string[];
}

/** A page, signed in as a person of the seed catalog through the sign-in page. */
export async function signIn(
  browser: Browser,
  person: string,
): Promise<{ context: BrowserContext; page: Page; complaints: Complaints }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints = watch(page);
  await page.goto('/');
  await page.getByRole('button', { name: person, exact: true }).click();
  await expect(
    page.getByRole('heading', { name: `Hello, ${person}` }),
  ).toBeVisible({ timeout: 30_000 });
  return { context, page, complaints };
}

/** Collects errors of the console, exceptions and failed requests. */
export function watch(page: Page): Complaints {
  const complaints: Complaints = { list: [] };
  page.on('console', message => {
    if (message.type() === 'error') {
      complaints.list.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', error =>
    complaints.list.push(`exception: ${error.message}`),
  );
  page.on('response', response => {
    if (response.status() >= 400) {
      complaints.list.push(`HTTP ${response.status()} ${response.url()}`);
    }
  });
  return complaints;
}
