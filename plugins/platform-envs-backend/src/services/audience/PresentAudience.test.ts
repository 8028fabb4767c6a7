import { Pace } from '@fairway/plugin-platform-envs-node';
import { PresentAudience } from './PresentAudience';

const MINUTE = 60_000;

function setUp() {
  let nowMs = Date.parse('2026-03-10T12:00:00Z');
  const now = () => new Date(nowMs);
  const audience = new PresentAudience({ now });
  const onArrival = jest.fn();
  audience.onArrival(onArrival);
  return {
    audience,
    onArrival,
    now,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('PresentAudience', () => {
  it('is nobody until somebody reads, and nobody again two minutes after the last', () => {
    const { audience, onArrival, now, pass } = setUp();
    expect(audience.since).toBeUndefined();
    audience.read();
    const came = now().getTime();
    pass(MINUTE);
    audience.read();
    pass(2 * MINUTE - 1);
    expect(audience.since).toBe(came);
    expect(onArrival).toHaveBeenCalledTimes(1);
    pass(1);
    expect(audience.since).toBeUndefined();
    audience.read();
    expect(onArrival).toHaveBeenCalledTimes(2);
    expect(audience.since).toBe(now().getTime());
  });

  it('stays as long as the last stream is open', () => {
    const { audience, onArrival, pass } = setUp();
    const leave = audience.stay();
    const leaveToo = audience.stay();
    pass(60 * MINUTE);
    leave();
    leave();
    pass(60 * MINUTE);
    expect(audience.since).toBeDefined();
    leaveToo();
    pass(MINUTE);
    expect(audience.since).toBeDefined();
    pass(MINUTE);
    expect(audience.since).toBeUndefined();
    expect(onArrival).toHaveBeenCalledTimes(1);
  });
});

describe('Pace', () => {
  const paceFor = ({ audience, now }: ReturnType<typeof setUp>) =>
    new Pace({ activeMs: MINUTE, idleMs: 60 * MINUTE }, { audience, now });

  it('asks by the minute while somebody looks, by the hour while nobody does', () => {
    const room = setUp();
    const pace = paceFor(room);
    const asked = room.now().getTime();
    expect(pace.isDue(undefined)).toBe(true);
    room.pass(30 * MINUTE);
    expect(pace.isDue(asked)).toBe(false);
    room.audience.read();
    expect(pace.isDue(asked)).toBe(true);
    expect(pace.isDue(room.now().getTime())).toBe(false);
    room.pass(MINUTE);
    expect(pace.isDue(asked + 30 * MINUTE)).toBe(true);
    room.pass(MINUTE);
    expect(pace.isDue(asked)).toBe(false);
    room.pass(28 * MINUTE);
    expect(pace.isDue(asked)).toBe(true);
  });

  it('does not call old what nobody looked at, until it had time to be asked again', () => {
    const room = setUp();
    const pace = paceFor(room);
    expect(pace.patienceMs).toBe(180 * MINUTE);
    const leave = room.audience.stay();
    expect(pace.patienceMs).toBe(180 * MINUTE);
    room.pass(3 * MINUTE);
    expect(pace.patienceMs).toBe(3 * MINUTE);
    leave();
    room.pass(2 * MINUTE);
    expect(pace.patienceMs).toBe(180 * MINUTE);
  });

  it('asks at the active pace where nobody told who looks, and never oftener idle than active', () => {
    const { audience, now, pass } = setUp();
    const asked = now().getTime();
    pass(MINUTE);
    expect(
      new Pace({ activeMs: MINUTE, idleMs: 60 * MINUTE }, { now }).isDue(asked),
    ).toBe(true);
    expect(
      new Pace({ activeMs: 5 * MINUTE, idleMs: 1 }, { now, audience }).isDue(
        asked,
      ),
    ).toBe(false);
  });
});
