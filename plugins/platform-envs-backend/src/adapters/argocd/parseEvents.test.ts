import { parseEvents } from './parseEvents';

const event = (overrides: object = {}) => ({
  type: 'Normal',
  reason: 'OperationCompleted',
  message: 'Sync operation succeeded',
  count: 1,
  firstTimestamp: '2026-03-10T11:00:00Z',
  lastTimestamp: '2026-03-10T11:00:00Z',
  eventTime: null,
  involvedObject: { kind: 'Application', name: 'web-prod' },
  ...overrides,
});

describe('parseEvents', () => {
  it('merges lists, newest first, and names the object where it is another', () => {
    expect(
      parseEvents([
        { items: [event()] },
        {
          items: [
            event({
              type: 'Warning',
              reason: 'BackOff',
              message: 'Back-off pulling image',
              count: 7,
              lastTimestamp: null,
              eventTime: '2026-03-10T12:00:00.123456Z',
              involvedObject: { kind: 'Pod', name: 'web-1', uid: 'x' },
            }),
          ],
        },
      ]),
    ).toEqual([
      {
        at: '2026-03-10T12:00:00.123Z',
        isWarning: true,
        reason: 'BackOff',
        message: 'Back-off pulling image',
        count: 7,
        object: { kind: 'Pod', name: 'web-1' },
      },
      {
        at: '2026-03-10T11:00:00.000Z',
        reason: 'OperationCompleted',
        message: 'Sync operation succeeded',
      },
    ]);
  });

  it('leaves out what cannot be understood, and keeps twenty', () => {
    expect(
      parseEvents([
        'login page',
        { items: null },
        {
          items: [
            null,
            event({ message: undefined }),
            event({
              firstTimestamp: undefined,
              lastTimestamp: null,
              eventTime: 'soon',
            }),
            ...Array.from({ length: 30 }, () => event()),
          ],
        },
      ]),
    ).toHaveLength(20);
  });
});
