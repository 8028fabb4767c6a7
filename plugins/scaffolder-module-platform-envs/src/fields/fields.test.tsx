import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { PARAMETERS, renderForm } from '../__testUtils__/renderForm';

async function toDetails() {
  await screen.findByRole('radio', { name: /Web platform/ });
  await userEvent.type(
    await screen.findByRole('textbox', { name: /^Name/ }),
    'orders',
  );
  await userEvent.click(screen.getByRole('button', { name: 'Next' }));
  return screen.findByRole('group', { name: /Environments/ });
}

async function create() {
  await userEvent.click(screen.getByRole('button', { name: 'Review' }));
  await screen.findByText('Creates what it says.');
  await userEvent.click(screen.getByRole('button', { name: 'Create' }));
  await screen.findByText('The run began.');
}

describe('PlatformPicker', () => {
  it('offers what may be used, with owner, runtime and regions', async () => {
    renderForm({ may: ['system:default/web', 'system:default/data'] });
    const web = await screen.findByRole('radio', {
      name: /Web platform/,
      checked: true,
    });
    expect(web).toHaveAccessibleName(
      /Web \(you\) · EKS · ap-southeast-2, ap-southeast-4/,
    );
    const data = screen.getByRole('radio', { name: /Data platform/ });
    expect(data).not.toBeChecked();
    await userEvent.click(data);
    expect(data).toBeChecked();
  });

  it('says why the others cannot be', async () => {
    renderForm();
    await screen.findByRole('radio', { name: /Web platform/ });
    await userEvent.click(screen.getByText('2 platforms that you cannot use'));
    expect(
      screen.getByText(/Its owners may create components on it. Ask Data\./),
    ).toBeInTheDocument();
    expect(
      screen.getByText(/no environment yet that something could be deployed/),
    ).toBeInTheDocument();
    expect(screen.queryByRole('radio', { name: /Data/ })).toBeNull();
  });

  it('tells a newcomer that there is none for them, and does not go on', async () => {
    renderForm({ groups: [], may: [] });
    expect(
      await screen.findByText(/You may not create components on any platform/),
    ).toBeVisible();
    expect(screen.getByText(/you belong to no group/)).toBeVisible();
    await userEvent.type(
      screen.getByRole('textbox', { name: /^Name/ }),
      'orders',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Next' }));
    expect(
      (await screen.findAllByText(/is missing/)).length,
    ).toBeGreaterThanOrEqual(2);
    expect(screen.queryByRole('button', { name: 'Review' })).toBeNull();
  });

  it('leaves out platforms that a template is not for', async () => {
    const [first, second] = structuredClone(PARAMETERS);
    Object.assign(first.schema.properties.system!, {
      'ui:options': { runtimes: ['ecs'] },
    });
    renderForm({
      may: ['system:default/web', 'system:default/data'],
      parameters: [first, second],
    });
    // the only one that is left
    await screen.findByRole('radio', { name: /Data platform/, checked: true });
    expect(
      screen.getByText(/It runs on EKS; this template is for ECS/),
    ).toBeInTheDocument();
  });
});

describe('the owner', () => {
  it('is the team that owns the platform, when I am in several', async () => {
    renderForm({ groups: ['group:default/web-leads', 'group:default/web'] });
    expect(
      await screen.findByRole('button', { name: /(Web Owner|Owner Web)$/ }),
    ).toBeInTheDocument();
  });
});

describe('EnvironmentsPicker', () => {
  it('has all in, in promotion order, and keeps the first', async () => {
    const { scaffold } = renderForm();
    const group = await toDetails();
    const boxes = within(group).getAllByRole('checkbox');
    expect(boxes.map(box => box.getAttribute('value'))).toEqual([
      'dev',
      'uat',
      'prod',
    ]);
    boxes.forEach(box => expect(box).toBeChecked());
    expect(group).toHaveTextContent('ap-southeast-2 → ap-southeast-4');
    expect(group).toHaveTextContent('after approval by others');
    await userEvent.click(boxes[0]);
    expect(boxes[0]).toBeChecked();
    await userEvent.click(boxes[1]);
    expect(boxes[1]).not.toBeChecked();
    await create();
    expect(scaffold.mock.calls[0][0].values).toMatchObject({
      environments: ['dev', 'prod'],
    });
  });

  it('begins anew on another platform', async () => {
    const { scaffold } = renderForm({
      may: ['system:default/web', 'system:default/data'],
    });
    const group = await toDetails();
    await userEvent.click(within(group).getAllByRole('checkbox')[1]);
    await userEvent.click(screen.getByRole('button', { name: 'Back' }));
    await userEvent.click(
      await screen.findByRole('radio', { name: /Data platform/ }),
    );
    await userEvent.click(screen.getByRole('button', { name: 'Next' }));
    const others = await screen.findByRole('group', { name: /Environments/ });
    const boxes = within(others).getAllByRole('checkbox');
    expect(boxes.map(box => box.getAttribute('value'))).toEqual([
      'dev',
      'live',
    ]);
    boxes.forEach(box => expect(box).toBeChecked());
    await create();
    expect(scaffold.mock.calls[0][0].values).toMatchObject({
      environments: [],
    });
  });
});

describe('EnvironmentSizes', () => {
  it('is folded, says the defaults, and keeps only what differs', async () => {
    const { scaffold } = renderForm();
    await toDetails();
    const summary = screen.getByText('dev small · uat medium · prod large');
    await userEvent.click(summary);
    expect(screen.getByText('3 to 9 copies, by load')).toBeInTheDocument();
    const uat = screen.getByRole('button', { name: /Size in uat/ });
    expect(uat).toHaveTextContent('100m CPU, 256Mi to 512Mi (default)');
    await userEvent.click(uat);
    await userEvent.click(await screen.findByRole('option', { name: /large/ }));
    expect(
      screen.getByText('dev small · uat large · prod large'),
    ).toBeInTheDocument();
    await create();
    expect(scaffold.mock.calls[0][0].values).toMatchObject({
      sizes: { uat: { size: 'large' } },
    });
  });
});
