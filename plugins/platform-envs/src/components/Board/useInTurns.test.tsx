import { act, renderHook } from '@testing-library/react';
import { VirtualItem } from '@tanstack/react-virtual';
import { Turn, useInTurns } from './useInTurns';

const items = (from: number, to: number) =>
  Array.from(
    { length: to - from + 1 },
    (_, i) => ({ index: from + i, key: `line-${from + i}` } as VirtualItem),
  );

const turn = (from: number, to: number, rest: Partial<Turn> = {}): Turn => ({
  items: items(from - 2, to + 2),
  range: { startIndex: from, endIndex: to },
  urgent: new Set(),
  most: 3,
  ...rest,
});

describe('useInTurns', () => {
  let frames: Array<() => void>;

  beforeEach(() => {
    frames = [];
    jest
      .spyOn(window, 'requestAnimationFrame')
      .mockImplementation(callback => frames.push(() => callback(0)));
  });
  afterEach(() => jest.restoreAllMocks());

  const setUp = () => {
    const { result, rerender } = renderHook(useInTurns, {
      initialProps: turn(10, 14),
    });
    return {
      scroll: (to: Turn) => rerender(to),
      nextFrame: () => act(() => frames.splice(0).forEach(frame => frame())),
      shown: () => result.current.map(({ index }) => index),
    };
  };

  it('draws everything at first', () => {
    const { shown } = setUp();
    expect(shown()).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expect(frames).toHaveLength(0);
  });

  it('draws a step at once', () => {
    const { scroll, shown } = setUp();
    scroll(turn(12, 16));
    expect(shown()).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18]);
    expect(frames).toHaveLength(0);
  });

  it('draws a leap in turns, what is in view first', () => {
    const { scroll, nextFrame, shown } = setUp();
    scroll(turn(100, 104));
    expect(shown()).toEqual([100, 101, 102]);
    nextFrame();
    expect(shown()).toEqual([98, 100, 101, 102, 103, 104]);
    nextFrame();
    expect(shown()).toEqual([98, 99, 100, 101, 102, 103, 104, 105, 106]);
    expect(frames).toHaveLength(0);
  });

  it('lets those not wait that the keyboard is on', () => {
    const { scroll, shown } = setUp();
    scroll(turn(100, 104, { urgent: new Set([104]) }));
    expect(shown()).toEqual([100, 101, 102, 104]);
  });

  it('leaves out what went by before its turn came', () => {
    const { scroll, nextFrame, shown } = setUp();
    scroll(turn(100, 104));
    scroll(turn(200, 204));
    expect(shown()).toEqual([200, 201, 202]);
    nextFrame();
    nextFrame();
    expect(shown()).toEqual(turn(200, 204).items.map(({ index }) => index));
  });

  it('draws all of a short list', () => {
    const { scroll, shown } = setUp();
    scroll(turn(100, 104, { most: undefined }));
    expect(shown()).toHaveLength(9);
  });
});
