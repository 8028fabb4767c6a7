import { releaseStartMemory } from './releaseStartMemory';

describe('releaseStartMemory', () => {
  const { gc } = globalThis;
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    globalThis.gc = gc;
    jest.useRealTimers();
  });

  it('collects once, when the start is over', () => {
    const collect = jest.fn();
    globalThis.gc = collect as never;
    releaseStartMemory();
    expect(collect).not.toHaveBeenCalled();
    jest.advanceTimersByTime(600_000);
    expect(collect).toHaveBeenCalledTimes(1);
  });

  it('does without what Node was not started with', () => {
    globalThis.gc = undefined;
    releaseStartMemory();
    expect(() => jest.advanceTimersByTime(600_000)).not.toThrow();
  });
});
