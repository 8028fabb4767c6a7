import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { Greeting } from './Greeting';

describe('Greeting', () => {
  it('greets by the name that was typed', async () => {
    render(<Greeting />);
    await userEvent.type(screen.getByLabelText('Your name'), 'Ada');
    expect(screen.getByRole('status').textContent).toContain('Hello, Ada!');
  });

  it('shows markup as text', async () => {
    render(<Greeting />);
    await userEvent.type(screen.getByLabelText('Your name'), '<b>Ada</b>');
    expect(screen.getByRole('status').querySelector('b')).toBeNull();
  });

  it('greets nobody without a name', async () => {
    render(<Greeting />);
    await userEvent.type(screen.getByLabelText('Your name'), '   ');
    expect(screen.getByRole('status').textContent).toBe('');
  });
});
