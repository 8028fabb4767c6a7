import { judge } from '../lib/figures.mjs';
import { LIMITS } from './gates.mjs';

const INP_NOTE =
  'a key in the search until the next frame, 98th percentile; what takes less than 16 ms counts as 0';
const TASK_NOTE = 'tasks under 50 ms are not long, and count as 0';

/** How long an open board takes to show what changed; none without a browser. */
export function pixelFigures({ size, pixels }) {
  if (!pixels) return [];
  const figure = (id, title, ours, max) =>
    judge({
      id: `overview.pixel.${id}`,
      title,
      size,
      unit: 'ms',
      ours,
      ...(max !== undefined && { gate: { max } }),
    });
  const { merge, health } = pixels;
  return [
    figure(
      'merge.p50',
      `merge to the board's DOM, p50 of ${merge.seen}`,
      merge.p50,
    ),
    figure(
      'merge.p95',
      `merge to the board's DOM, p95 of ${merge.seen}`,
      merge.p95,
      LIMITS.mergeP95Ms,
    ),
    judge({
      id: 'overview.pixel.merge.lost',
      title: `merges never seen, of ${merge.count}`,
      size,
      unit: '',
      ours: merge.count - merge.seen,
      gate: { max: 0 },
    }),
    figure(
      'health.p50',
      `Argo CD health to the DOM, p50 of ${health.seen}`,
      health.p50,
      LIMITS.healthP50Ms,
    ),
    figure(
      'health.p95',
      `Argo CD health to the DOM, p95 of ${health.seen}`,
      health.p95,
      LIMITS.healthP95Ms,
    ),
  ];
}

/** How the board answers to hands; none without a browser. */
export function handlingFigures({ size, handling }) {
  if (!handling) return [];
  const { rows, inpMs, longestScrollTaskMs } = handling;
  return [
    judge({
      id: 'overview.handling.inp',
      title: `key in the search to the frame, ${rows} rows`,
      size,
      unit: 'ms',
      ours: inpMs,
      gate: { max: LIMITS.inpMs },
      note: INP_NOTE,
    }),
    judge({
      id: 'overview.handling.scroll',
      title: 'longest task while scrolling',
      size,
      unit: 'ms',
      ours: longestScrollTaskMs,
      gate: { max: LIMITS.longTaskMs },
      note: TASK_NOTE,
    }),
  ];
}
