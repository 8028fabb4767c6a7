import { SourceContact } from './SourceContact';

describe('SourceContact', () => {
  const onSilence = jest.fn();
  let contact: SourceContact;

  beforeEach(() => {
    jest.useFakeTimers({ now: Date.parse('2026-03-02T09:00:00Z') });
    onSilence.mockReset();
    contact = new SourceContact({
      title: 'Argo CD main',
      idleTimeoutMs: 90_000,
      now: () => new Date(),
      onSilence,
    });
  });

  afterEach(() => {
    contact.stop();
    jest.useRealTimers();
  });

  it('has not answered at first', () => {
    expect(contact.condition()).toEqual({
      state: 'stale',
      message: 'Argo CD main has not answered yet',
    });
  });

  it('stays live while a quiet upstream is being asked', () => {
    contact.heard();
    // nothing came for the idle time; the list is on its way
    jest.advanceTimersByTime(95_000);
    expect(contact.condition().state).toBe('live');
    contact.heard();
    jest.advanceTimersByTime(95_000);
    expect(contact.condition()).toEqual({
      state: 'live',
      observedAt: '2026-03-02T09:01:35.000Z',
    });
    expect(onSilence).not.toHaveBeenCalled();
  });

  it('F48 is stale, and says so, once upstream did not answer either', () => {
    contact.heard();
    jest.advanceTimersByTime(101_000);
    expect(onSilence).toHaveBeenCalledTimes(1);
    expect(contact.condition()).toEqual({
      state: 'stale',
      observedAt: '2026-03-02T09:00:00.000Z',
    });
    contact.heard();
    expect(contact.condition().state).toBe('live');
  });
});
