import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  aFakeApi,
  aFirstDelivery,
  anOverview,
  minutesAgo,
} from '../../__testUtils__';
import { renderScreen } from '../../__testUtils__/renderScreen';
import { Screen } from '../Screen';
import {
  FirstDeliveryCard,
  FirstDeliveryLine,
  PastFirstDelivery,
} from './FirstDeliveryCard';

const GREETER = 'component:default/greeter';
const show = (api: ReturnType<typeof aFakeApi>) =>
  renderScreen(
    <Screen>
      <FirstDeliveryLine componentRef={GREETER} />
      <FirstDeliveryCard componentRef={GREETER} />
      <PastFirstDelivery componentRef={GREETER} />
      <p>below</p>
    </Screen>,
    api,
  );

describe('first delivery', () => {
  it('shows each station with its state, sentence, link and time', async () => {
    show(
      aFakeApi(anOverview(), {
        firstDeliveries: [aFirstDelivery({ taskId: 't1' })],
      }),
    );
    const list = await screen.findByRole('list', {
      name: 'Way to the first deployment',
    });
    const steps = within(list).getAllByRole('listitem');
    expect(steps.map(step => step.dataset.state)).toEqual([
      'done',
      'running',
      'waiting',
      'waiting',
      'waiting',
      'waiting',
    ]);
    expect(steps[1]).toHaveAttribute('aria-current', 'step');
    expect(steps[1]).toHaveTextContent(
      /Image built: Under wayCI builds the first image\. Build.*ago/,
    );
    expect(
      within(steps[1]).getByRole('link', { name: 'Build' }),
    ).toHaveAttribute('href', 'http://ci.example.com/1');
    expect(steps[1].querySelector('time')).toHaveAttribute(
      'title',
      expect.stringMatching(/\d{4}, \d\d:\d\d:\d\d [A-Z]/),
    );
    expect(screen.getByRole('link', { name: 'its run' })).toHaveAttribute(
      'href',
      '/create/tasks/t1',
    );
    expect(screen.getByText('On its way to dev')).toBeInTheDocument();
  });

  it('says where it stopped', async () => {
    show(
      aFakeApi(anOverview(), {
        firstDeliveries: [aFirstDelivery({}, 'image')],
      }),
    );
    expect(await screen.findByText('Stopped')).toBeInTheDocument();
    expect(screen.getByText(': Stopped here')).toBeInTheDocument();
  });

  it('folds into one line of the history when it is delivered', async () => {
    show(
      aFakeApi(anOverview(), {
        firstDeliveries: [
          aFirstDelivery({
            state: 'delivered',
            createdAt: minutesAgo(3),
            endedAt: minutesAgo(2),
            release: { version: '0.1.0' },
          }),
        ],
      }),
    );
    const line = await screen.findByText(
      'First delivery to dev: 0.1.0 in 1 min',
    );
    const list = screen.getByLabelText('Way to the first deployment');
    expect(list).not.toBeVisible();
    await userEvent.click(line);
    expect(list).toBeVisible();
    expect(
      screen.queryByRole('heading', { name: 'First delivery to dev' }),
    ).not.toBeInTheDocument();
  });

  it('says how old it is when the portal has not looked for long', async () => {
    show(
      aFakeApi(anOverview(), {
        firstDeliveries: [aFirstDelivery({ observedAt: minutesAgo(5) })],
      }),
    );
    expect(await screen.findByText(/Last looked at/)).toHaveTextContent(
      'Last looked at 5 min ago.',
    );
  });

  it('is not there for what was there before', async () => {
    const api = aFakeApi(anOverview());
    const list = jest.spyOn(api, 'listFirstDeliveries');
    show(api);
    await waitFor(() => expect(list).toHaveBeenCalled());
    await list.mock.results[0].value;
    expect(screen.queryByText(/delivery|way/i)).not.toBeInTheDocument();
    expect(screen.getByText('below')).toBeInTheDocument();
  });

  it('says that it cannot be shown', async () => {
    const api = aFakeApi(anOverview());
    api.listFirstDeliveries = async () => {
      throw new Error('The database is locked');
    };
    show(api);
    expect(
      await screen.findByText(
        /Whether its first delivery is under way cannot be shown: The database is locked/,
        undefined,
        { timeout: 5000 },
      ),
    ).toBeInTheDocument();
  });
});
