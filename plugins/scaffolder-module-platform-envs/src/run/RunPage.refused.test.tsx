import { screen } from '@testing-library/react';
import { completion, log, renderRun } from '../__testUtils__/renderRun';

// a file of its own: the app remembers for a while what somebody may do
describe('the page of a run', () => {
  it('is not retried by who may not run templates', async () => {
    renderRun(
      [
        log('registry', 'no', 'failed'),
        completion({ message: 'x', error: { name: 'Error', message: 'no' } }),
      ],
      { may: false },
    );
    expect(await screen.findByRole('button', { name: 'Retry' })).toBeDisabled();
  });
});
