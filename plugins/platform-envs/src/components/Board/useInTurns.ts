import { useLayoutEffect, useReducer, useRef } from 'react';
import { VirtualItem } from '@tanstack/react-virtual';

/** What of a long list is to be drawn. */
export interface Turn {
  /** What is in view, and somewhat around it. */
  items: VirtualItem[];
  /** Indices of the first and last in view. */
  range: { startIndex: number; endIndex: number } | null;
  /** Indices of those that may not wait. */
  urgent: ReadonlySet<number>;
  /** New ones that are drawn in one go; undefined: all. */
  most?: number;
}

/**
 * Of what came into view no more than so many at once; the others follow in the
 * next frames. So a leap over hundreds of lines keeps the page from answering no
 * longer than a step does.
 */
export function useInTurns({
  items,
  range,
  urgent,
  most,
}: Turn): VirtualItem[] {
  const drawn = useRef<ReadonlySet<VirtualItem['key']>>(new Set());
  const [, drawOn] = useReducer((turns: number) => turns + 1, 0);

  const isFirst = drawn.current.size === 0;
  const come =
    most === undefined || isFirst
      ? []
      : items.filter(i => !drawn.current.has(i.key) && !urgent.has(i.index));
  const isInView = ({ index }: VirtualItem) =>
    !range || (index >= range.startIndex && index <= range.endIndex);
  const waiting = new Set(
    [...come.filter(isInView), ...come.filter(item => !isInView(item))].slice(
      most,
    ),
  );
  const shown = items.filter(item => !waiting.has(item));
  const isBehind = waiting.size > 0;

  useLayoutEffect(() => {
    drawn.current = new Set(shown.map(({ key }) => key));
    if (!isBehind) return undefined;
    const frame = requestAnimationFrame(drawOn);
    return () => cancelAnimationFrame(frame);
  });
  return shown;
}
