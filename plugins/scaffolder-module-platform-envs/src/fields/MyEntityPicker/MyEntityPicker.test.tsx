import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { aService } from '../../__testUtils__/aWorld';
import { renderForm, RenderFormOptions } from '../../__testUtils__/renderForm';

const PAGE = {
  title: 'The service',
  schema: {
    required: ['component'],
    properties: {
      component: {
        type: 'string',
        title: 'Service',
        maxLength: 200,
        'ui:field': 'OwnedEntityPicker',
        'ui:options': { catalogFilter: { kind: 'Component' } },
      },
    },
  },
};

const SERVICES = [
  aService('order-intake', 'web', 'web', 'Orders, incoming'),
  aService('till', 'web', 'data'),
  aService('ledger', 'data', 'data'),
];

const render = (options: RenderFormOptions = {}) =>
  renderForm({ parameters: [PAGE], entities: SERVICES, ...options });

const box = () => screen.findByRole('combobox', { name: /Service/ });
const offered = () =>
  screen
    .queryAllByRole('option')
    .map(option => option.textContent?.replace(/\s+/g, ' '));

describe('OwnedEntityPicker', () => {
  it('lists what is mine, with name, kind, system and owner', async () => {
    render();
    await userEvent.type(await box(), '{ArrowDown}');
    expect(offered()).toEqual([
      'Orders, incomingorder-intake · service · in Web platform · of Web',
      'tillservice · in Data platform · of Web',
    ]);
  });

  it.each([
    ['its name', 'order-in', ['Orders']],
    ['its title', 'incoming', ['Orders']],
    ['its system', 'data plat', ['till']],
    ['several words, in any order', 'WEB till', ['till']],
    ['its owner', 'of web', []],
    ['what is not mine', 'ledger', []],
  ])('finds by %s', async (_, query, titles) => {
    render();
    await userEvent.type(await box(), query);
    const options = screen.queryAllByRole('option');
    const texts = options.map(option => option.textContent!);
    titles.forEach(title =>
      expect(texts).toEqual([expect.stringContaining(title)]),
    );
    expect(texts.join(' ')).not.toContain('ledger');
  });

  it('is worked by keys alone, says what was chosen, and lists all again', async () => {
    const { scaffold } = render();
    const input = await box();
    await userEvent.type(input, 'till{ArrowDown}{Enter}');
    expect(input).toHaveValue('till');
    expect(input).toHaveAccessibleDescription(
      /service · in Data platform · of Web/,
    );
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await waitFor(() => expect(offered()).toHaveLength(2));
    await userEvent.keyboard('{Escape}');

    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    await screen.findByText('Creates what it says.');
    await userEvent.click(screen.getByRole('button', { name: 'Create' }));
    await screen.findByText('The run began.');
    expect(scaffold.mock.calls[0][0].values).toMatchObject({
      component: 'component:default/till',
    });
  });

  it('does not go on with what an address says and is not mine', async () => {
    render({ formData: { component: 'component:default/ledger' } });
    await screen.findByText(/"component:default\/ledger" is not yours/);
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    expect(
      await screen.findAllByText(/"component:default\/ledger" is not yours/),
    ).toHaveLength(1);
    expect(screen.queryByText('Creates what it says.')).toBeNull();
  });

  it('asks for one where none is chosen', async () => {
    render();
    await box();
    await userEvent.click(screen.getByRole('button', { name: 'Review' }));
    expect(await screen.findByText(/is missing/)).toBeVisible();
  });

  it('tells whoever owns nothing', async () => {
    render({ groups: ['group:default/web-leads'] });
    expect(
      await screen.findByText(/you own none, and only its owners may ask/),
    ).toBeVisible();
    expect(screen.queryByRole('combobox')).toBeNull();
  });

  it('says what went wrong, and reads again when asked', async () => {
    const catalog = catalogApiMock({ entities: SERVICES });
    const away = jest
      .spyOn(catalog, 'getEntities')
      .mockRejectedValue(new Error('The catalog is away'));
    render({ catalog });
    expect(
      await screen.findByText('What you own could not be read', undefined, {
        timeout: 5_000,
      }),
    ).toBeVisible();
    expect(screen.getByText('The catalog is away')).toBeVisible();
    away.mockRestore();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await box()).toBeVisible();
  });
});
