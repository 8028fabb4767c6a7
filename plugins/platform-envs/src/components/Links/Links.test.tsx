import { render, screen, within } from '@testing-library/react';
import { DeliveryLink } from '@fairway/plugin-platform-envs-common';
import { Links } from './Links';

function link(
  title: string,
  type: DeliveryLink['type'],
  more: Partial<DeliveryLink> = {},
): DeliveryLink {
  return { title, type, url: `https://example.com/${title}`, ...more };
}

describe('Links', () => {
  it('opens them in a tab of their own that knows nothing of the portal', () => {
    render(<Links links={[link('Argo CD', 'argocd')]} />);
    const anchor = screen.getByRole('link', { name: 'Argo CD' });
    expect(anchor).toHaveAttribute('target', '_blank');
    expect(anchor).toHaveAttribute('rel', 'noopener noreferrer');
  });

  it.each([
    // eslint-disable-next-line no-script-url
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    '//evil.example.com',
    '/\\evil.example.com',
    'vbscript:x',
  ])('F53 shows %s as text and not as a link', url => {
    render(<Links links={[link('Bad', 'other', { url })]} />);
    expect(screen.getByText('Bad')).toBeInTheDocument();
    expect(screen.queryByRole('link')).not.toBeInTheDocument();
  });

  it('F53 shows HTML in a title as text', () => {
    const title = '<img src=x onerror="alert(1)">';
    const { container } = render(
      <Links links={[link(title, 'other', { url: 'https://example.com' })]} />,
    );
    expect(screen.getByText(title)).toBeInTheDocument();
    expect(container.querySelector('img')).toBeNull();
  });

  it('groups many, and says beside a link which account it is for', () => {
    render(
      <Links
        links={[
          link('EKS cluster', 'aws', { detail: 'account 111100000003' }),
          link('Logs', 'logs'),
          link('Argo CD', 'argocd'),
          link('Dashboard', 'grafana'),
          link('Runbook', 'runbook'),
        ]}
      />,
    );
    expect(
      screen.getAllByRole('list').map(list => list.getAttribute('aria-label')),
    ).toEqual(['Delivery', 'Watch', 'Help', 'AWS']);
    const watch = screen.getByRole('list', { name: 'Watch' });
    expect(within(watch).getAllByRole('link')).toHaveLength(2);
    expect(screen.getByText('account 111100000003')).toBeInTheDocument();
  });

  it('says that there are none', () => {
    render(<Links links={[]} />);
    expect(screen.getByText('No links are configured.')).toBeInTheDocument();
  });
});
