import { RefObject, useLayoutEffect } from 'react';

/** A board that shows fewer pixels than this is no board; the page scrolls then. */
const LEAST_PX = 280;

/** What stands below an element for ever: the paddings and margins it ends in. */
function below(element: HTMLElement): number {
  let sum = 0;
  for (
    let parent = element.parentElement;
    parent;
    parent = parent.parentElement
  ) {
    const style = getComputedStyle(parent);
    sum +=
      (parseFloat(style.paddingBottom) || 0) +
      (parseFloat(style.marginBottom) || 0) +
      (parseFloat(style.borderBottomWidth) || 0);
  }
  return sum;
}

/**
 * Lets an element be as tall as the window leaves room for, so that it scrolls
 * by itself and its heads can stay. Looks again when the window or what stands
 * above it changes its size.
 */
export function useFillHeight(
  target: RefObject<HTMLElement>,
  above: RefObject<HTMLElement>,
): void {
  useLayoutEffect(() => {
    const element = target.current;
    if (!element) return undefined;
    const fit = () => {
      const top = element.getBoundingClientRect().top + window.scrollY;
      const room = window.innerHeight - top - below(element);
      element.style.maxHeight = `${Math.max(LEAST_PX, Math.floor(room))}px`;
    };
    fit();
    window.addEventListener('resize', fit);
    const observer =
      typeof ResizeObserver === 'undefined'
        ? undefined
        : new ResizeObserver(fit);
    if (above.current) observer?.observe(above.current);
    return () => {
      window.removeEventListener('resize', fit);
      observer?.disconnect();
    };
  }, [target, above]);
}
