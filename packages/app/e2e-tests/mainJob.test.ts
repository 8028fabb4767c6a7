import { expect, test } from '@playwright/test';
import { signIn, tokenOf } from './people';
import { describeStack, getApplication, gitLog } from './world';

const SERVICE = `e2e-${Date.now().toString(36)}`;
const GITOPS = 'sample-platform-ai/sample-platform-ai';

/**
 * The main job, from sign-in to Healthy in prod, as two people; then the truth
 * outside the portal.
 */
test('a service goes from a form to prod', async ({ browser }) => {
  test.setTimeout(300_000);
  const developer = await signIn(browser, 'sample-platform-developer');
  const lead = await signIn(browser, 'sample-platform-lead');

  await test.step('the developer creates a Go service', async () => {
    const { page } = developer;
    await page.goto('/create/templates/default/create-go-service');
    await page.getByRole('textbox', { name: /^Name/ }).fill(SERVICE);
    await expect(page.getByText(/^Free on GitHub/)).toBeVisible();
    await expect(
      page.getByRole('radio', { name: /^Sample Platform AI/ }),
    ).toBeChecked();
    await expect(page.getByRole('button', { name: /Owner/ })).toContainText(
      'Sample Platform AI',
    );
    await page
      .getByRole('textbox', { name: /What it is for/ })
      .fill('Proves the whole journey.');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByText('Where it stands')).toBeVisible({
      timeout: 120_000,
    });
  });

  await test.step('it is healthy in dev on the board', async () => {
    const { page } = developer;
    await page.goto(`/environments?q=${SERVICE}`);
    await expect(
      page.getByRole('row', { name: new RegExp(SERVICE) }),
    ).toContainText('Healthy');
  });

  await test.step('the developer promotes it to uat, which needs nobody', async () => {
    const { page } = developer;
    await page.goto(`/catalog/default/component/${SERVICE}/delivery`);
    await page.getByRole('button', { name: 'Promote to uat' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('To be tried in uat.');
    await dialog.getByRole('button', { name: 'Promote to uat' }).click();
    await expect(page).toHaveURL(/\/promotions\//);
    await expect(page.getByText('Succeeded').first()).toBeVisible({
      timeout: 60_000,
    });
  });

  let promotionUrl = '';
  await test.step('the developer asks for prod and cannot approve it', async () => {
    const { page } = developer;
    await page.goto(`/catalog/default/component/${SERVICE}/delivery`);
    await page.getByRole('button', { name: 'Promote to prod' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('First release.');
    await dialog.getByRole('button', { name: 'Request promotion' }).click();
    await expect(page).toHaveURL(/\/promotions\//);
    promotionUrl = new URL(page.url()).pathname;
    await expect(page.getByText('Waiting').first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Approve' })).toBeDisabled();
    await expect(page.getByRole('list', { name: 'Why not' })).toContainText(
      'You asked for this promotion; another member of sample-platform-ai-leads',
    );
  });

  await test.step('nobody else may approve it, also not past the screen', async () => {
    for (const person of [
      'sample-platform-developer',
      'campaign-lead',
      'platform-engineer',
      'outsider',
    ]) {
      const { context, page } = await signIn(browser, person);
      const call = {
        id: promotionUrl.split('/').pop()!,
        token: await tokenOf(page),
      };
      const status = await page.evaluate(async ({ id, token }) => {
        const headers = {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
        };
        const detail = await fetch(`/api/platform-envs/promotions/${id}`, {
          headers,
        }).then(response => response.json());
        const answer = await fetch(
          `/api/platform-envs/promotions/${id}/approvals`,
          {
            method: 'POST',
            headers,
            body: JSON.stringify({
              verdict: 'approve',
              comment: 'let me',
              planDigest: detail.promotion?.plan?.planDigest ?? 'unknown',
            }),
          },
        );
        return answer.status;
      }, call);
      expect(status, person).toBe(403);
      await context.close();
    }
  });

  await test.step('the lead approves it and it lands', async () => {
    const { page } = lead;
    await page.goto('/');
    await expect(page.getByText(SERVICE).first()).toBeVisible();
    await page.goto(promotionUrl);
    await page.getByLabel('Comment').fill('Looks right.');
    await page.getByRole('button', { name: 'Approve' }).click();
    await expect(page.getByText('Succeeded').first()).toBeVisible({
      timeout: 60_000,
    });
    await page.goto(`/environments?q=${SERVICE}`);
    const row = page.getByRole('row', { name: new RegExp(SERVICE) });
    await expect(row.getByText('Healthy')).toHaveCount(3);
  });

  await test.step('git, CloudFormation and Argo CD say the same', async () => {
    const overlay = `gitops/overlays/prod/${SERVICE}/kustomization.yaml`;
    const commits = await gitLog(GITOPS, overlay);
    const promoted = commits.filter(commit =>
      commit.body.includes('Promotion-Id:'),
    );
    expect(promoted).toHaveLength(1);
    const [commit] = promoted;
    expect(commit.files).toEqual([overlay]);
    expect(commit.removed).toEqual([
      expect.stringContaining('newTag: unreleased'),
    ]);
    expect(commit.added).toHaveLength(1);
    expect(commit.added[0]).toMatch(/newTag: \S+@sha256:[0-9a-f]{64}$/);
    expect(commit.body).toContain(
      'Requested-By: user:default/sample-platform-developer',
    );
    expect(commit.body).toContain(
      'Approved-By: user:default/sample-platform-lead',
    );

    const stack = await describeStack({
      accountId: '111100000000',
      region: 'ap-southeast-2',
      name: `fairway-registry-${SERVICE}`,
    });
    expect(stack?.StackStatus).toBe('CREATE_COMPLETE');

    const application = await getApplication(`${SERVICE}-prod`);
    expect(application.status.sync.status).toBe('Synced');
    expect(application.status.health.status).toBe('Healthy');
    expect(application.status.sync.revision).toBe(commit.sha);
  });

  expect(developer.complaints.list).toEqual([]);
  expect(lead.complaints.list).toEqual([]);
});
