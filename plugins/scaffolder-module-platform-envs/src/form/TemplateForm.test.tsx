import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { PARAMETERS, renderForm } from '../__testUtils__/renderForm';

const name = () => screen.findByRole('textbox', { name: /^Name/ });
const press = (label: string) =>
  userEvent.click(screen.getByRole('button', { name: label }));

/** Waits until what is preset is there. */
async function ready() {
  await screen.findByRole('radio', { name: /Web platform/, checked: true });
  await screen.findByRole('button', { name: /Web Owner|Owner Web/ });
}

/** Goes on to the plan, and waits for it. */
async function review() {
  await press('Review');
  await screen.findByText('Creates what it says.');
}

describe('the form of a template', () => {
  it('takes a name and runs on the platform and for the team of whoever fills it in', async () => {
    const { scaffold } = renderForm();
    await ready();
    await userEvent.type(await name(), 'orders');
    expect(await screen.findByText(/^Free on GitHub/)).toBeInTheDocument();
    await press('Next');
    await screen.findByRole('group', { name: /Environments/ });
    await review();
    await press('Create');
    expect(await screen.findByText('The run began.')).toBeInTheDocument();
    expect(scaffold).toHaveBeenCalledTimes(1);
    expect(scaffold.mock.calls[0][0]).toMatchObject({
      templateRef: 'template:default/create-go-service',
      values: {
        name: 'orders',
        system: 'system:default/web',
        owner: 'group:default/web',
      },
    });
  });

  it('starts one run however often it is asked to', async () => {
    let answer = (_: { taskId: string }) => {};
    const { scaffold } = renderForm({
      scaffold: () => new Promise(resolve => (answer = resolve)),
    });
    await ready();
    await userEvent.type(await name(), 'orders');
    await press('Next');
    await screen.findByRole('group', { name: /Environments/ });
    await review();
    await userEvent.dblClick(screen.getByRole('button', { name: 'Create' }));
    answer({ taskId: 'a-run' });
    expect(await screen.findByText('The run began.')).toBeInTheDocument();
    expect(scaffold).toHaveBeenCalledTimes(1);
  });

  it('says why the scaffolder did not take it, and keeps what was filled in', async () => {
    renderForm({
      scaffold: async () => {
        throw new Error(
          'Backend request failed, 400 Bad Request {"errors":[{"property":"instance.name","message":"does not match pattern"}]}',
        );
      },
    });
    await ready();
    await userEvent.type(await name(), 'orders');
    await press('Next');
    await screen.findByRole('group', { name: /Environments/ });
    await review();
    await press('Create');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('nothing was created');
    expect(alert).toHaveTextContent('name: does not match pattern');
    expect(screen.getByText('Creates what it says.')).toBeInTheDocument();
  });

  it('says below a checkbox what it does', async () => {
    const [first] = PARAMETERS;
    renderForm({
      parameters: [
        {
          ...first,
          schema: {
            ...first.schema,
            properties: {
              ...first.schema.properties,
              deploy: {
                type: 'boolean',
                title: 'Deploy it',
                description: 'Creates an image registry.',
              },
            },
          },
        },
      ] as never,
    });
    expect(
      await screen.findByRole('checkbox', { name: /Deploy it/ }),
    ).toBeInTheDocument();
    expect(screen.getByText('Creates an image registry.')).toBeInTheDocument();
  });

  it('says that a template cannot be opened', async () => {
    renderForm({ templateError: new Error('Template not found') });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'template:default/create-go-service cannot be opened',
    );
  });

  it.each([
    ['F27', '../../etc/passwd'],
    ['F27', '%2e%2e%2fx'],
    ['F27', 'a\\b'],
    ['F28', '${{ secrets.token }}'],
    ['F28', '{{ 7*7 }}'],
    ['F29', '🚢-ship'],
    ['F29', 'аbc-cyrillic'],
    ['F29', 'Orders'],
  ])('%s says at once what is wrong with the name %s', async (_f, bad) => {
    const { asked, scaffold } = renderForm();
    await ready();
    const input = await name();
    await userEvent.click(input);
    await userEvent.paste(bad);
    expect(
      await screen.findByText(/^Use 3 to 40 lower-case letters/),
    ).toBeInTheDocument();
    expect(input).toBeInvalid();
    await press('Next');
    await waitFor(() => expect(input).toHaveFocus());
    expect(screen.queryByRole('button', { name: 'Review' })).toBeNull();
    expect(asked).toEqual([]);
    expect(scaffold).not.toHaveBeenCalled();
  });

  it('says once what is wrong, and no longer once it is mended', async () => {
    renderForm();
    await ready();
    const input = await name();
    await userEvent.type(input, 'Orders');
    await press('Next');
    await waitFor(() => expect(input).toHaveFocus());
    expect(screen.getAllByText(/^Use 3 to 40 lower-case letters/)).toHaveLength(
      1,
    );
    expect(screen.queryByText(/characters that are not allowed/)).toBeNull();
    await userEvent.clear(input);
    await userEvent.type(input, 'orders');
    expect(await screen.findByText(/^Free on GitHub/)).toBeInTheDocument();
    expect(screen.queryByText(/^Use 3 to 40/)).toBeNull();
    expect(input).toBeValid();
  });

  it('F29 says how long a pasted megabyte is', async () => {
    const { asked } = renderForm();
    await ready();
    await userEvent.click(await name());
    await userEvent.paste('x'.repeat(1024 * 1024));
    expect(
      await screen.findByText(/^That is 1,048,576 characters: use 3 to 40/),
    ).toBeInTheDocument();
    expect(asked).toEqual([]);
  });

  it('says what a text may not be', async () => {
    renderForm();
    await ready();
    await userEvent.type(await name(), 'orders');
    await userEvent.click(
      screen.getByRole('textbox', { name: /What it is for/ }),
    );
    await userEvent.paste('x'.repeat(201));
    await press('Next');
    expect(
      (await screen.findAllByText(/is too long: it takes at most 200/)).length,
    ).toBeGreaterThan(0);
  });

  it.each([
    [
      'system:default/nowhere',
      /^There is no platform "system:default\/nowhere"/,
    ],
    ['system:default/data', /^You cannot use Data platform: /],
  ])(
    'does not go on with the platform %s of an address, and says why once',
    async (system, why) => {
      const { scaffold } = renderForm({
        formData: { name: 'orders', system, owner: 'group:default/web' },
      });
      expect(await screen.findByText(why)).toBeInTheDocument();
      await press('Next');
      await waitFor(() =>
        expect(screen.getByRole('button', { name: 'Next' })).toBeEnabled(),
      );
      expect(screen.getAllByText(why)).toHaveLength(1);
      expect(screen.queryByRole('button', { name: 'Review' })).toBeNull();
      expect(scaffold).not.toHaveBeenCalled();
    },
  );

  it('says that a name is missing', async () => {
    renderForm();
    await ready();
    await press('Next');
    expect((await screen.findAllByText(/is missing/)).length).toBeGreaterThan(
      0,
    );
  });
});

describe('the name', () => {
  it('is asked for once typing pauses, not for every letter', async () => {
    const { asked } = renderForm();
    await ready();
    await userEvent.type(await name(), 'order-intake');
    await screen.findByText(/^Free on GitHub/);
    expect(asked).toEqual(['order-intake']);
  });

  it('F33 tells who has it, with a link, and does not go on', async () => {
    renderForm({
      names: () => [
        {
          place: 'repository',
          state: 'taken',
          what: 'web/orders',
          whose: 'group:default/data',
          url: 'https://git.example/web/orders',
        },
        { place: 'registry', state: 'unknown', reason: 'ECR answered 503' },
      ],
    });
    await ready();
    await userEvent.type(await name(), 'orders');
    const taken = await screen.findByText(/GitHub has web\/orders, of data/);
    expect(within(taken).getByRole('link', { name: /Open/ })).toHaveAttribute(
      'href',
      'https://git.example/web/orders',
    );
    expect(
      screen.getByText(/ECR: could not be checked: ECR answered 503/),
    ).toBeInTheDocument();
    await press('Next');
    expect(
      (
        await screen.findAllByText(
          /"orders" exists already \(GitHub\): choose another name/,
        )
      ).length,
    ).toBeGreaterThan(0);
    expect(screen.queryByRole('button', { name: 'Review' })).toBeNull();
  });

  it('does not hold up who cannot be answered', async () => {
    renderForm({ names: () => new Error('You asked too often') });
    await ready();
    await userEvent.type(await name(), 'orders');
    expect(
      await screen.findByText(/could not be checked: .*You asked too often/),
    ).toBeInTheDocument();
    await press('Next');
    expect(
      await screen.findByRole('button', { name: 'Review' }),
    ).toBeInTheDocument();
  });
});
