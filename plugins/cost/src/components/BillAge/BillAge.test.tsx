import { render, screen } from '@testing-library/react';
import { BillAge } from './BillAge';

const READ = '2026-03-15T10:00:00Z';

/** What stands there, with times as their ISO form. */
function words() {
  const line = screen.getByText(/^Bill read/);
  for (const time of line.querySelectorAll('time')) {
    time.textContent = time.dateTime;
  }
  return line.textContent;
}

describe('BillAge', () => {
  it('says when the bill was read, and when it is read next', () => {
    render(<BillAge observedAt={READ} nextReadingAt="2026-03-15T18:00:00Z" />);
    expect(words()).toBe(`Bill read ${READ}, next by 2026-03-15T18:00:00Z.`);
  });

  it('says why figures are not newer', () => {
    render(
      <BillAge
        observedAt={READ}
        nextReadingAt="2026-03-15T18:00:00Z"
        message="Cost Explorer throttles us"
      />,
    );
    expect(words()).toBe(
      `Bill read ${READ}, not since: Cost Explorer throttles us`,
    );
  });

  it('says why there are no figures at all', () => {
    const { container } = render(<BillAge message="Set cost.aws.accountId" />);
    expect(container).toHaveTextContent(/^Set cost.aws.accountId$/);
  });

  it('says nothing while there is nothing to say', () => {
    const { container } = render(<BillAge />);
    expect(container).toBeEmptyDOMElement();
  });
});
