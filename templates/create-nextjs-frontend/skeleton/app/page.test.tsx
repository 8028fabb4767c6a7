import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import site from '../site.json';
import Home from './page';

it('says what it is for', () => {
  render(<Home />);
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(site.title);
  expect(screen.getByText(site.description, { normalizer: text => text })).toBeTruthy();
});
