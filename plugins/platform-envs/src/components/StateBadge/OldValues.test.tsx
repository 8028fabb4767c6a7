import { render, screen } from '@testing-library/react';
import { cellWord } from '../../model/vocabulary';
import { OldValues } from './OldValues';
import { StateBadge } from './StateBadge';

const toneOf = (word: string) =>
  screen.getByText(word).closest('[data-tone]')?.getAttribute('data-tone');

describe('OldValues', () => {
  it('takes the green from what was well, and nothing from what was not', () => {
    render(
      <OldValues when>
        <OldValues when={false}>
          <StateBadge state={cellWord('healthy')} />
          <StateBadge state={cellWord('degraded')} />
        </OldValues>
        <StateBadge
          variant="dot"
          state={cellWord('healthy')}
          label="dev: Healthy"
        />
      </OldValues>,
    );
    expect(toneOf('Healthy')).toBe('unknown');
    expect(toneOf('Degraded')).toBe('bad');
    expect(
      screen.getByRole('img', { name: 'dev: Healthy, stale' }),
    ).toBeInTheDocument();
  });

  it('leaves the present as it is', () => {
    render(
      <OldValues when={false}>
        <StateBadge state={cellWord('healthy')} />
      </OldValues>,
    );
    expect(toneOf('Healthy')).toBe('good');
  });
});
