import { QueryClient } from '@tanstack/react-query';
import {
  Overview,
  PlatformEnvsApi,
} from '@fairway/plugin-platform-envs-common';
import { queryKeys } from './queryKeys';

/**
 * A burst of changes is asked for at most this often; the first of it at once.
 * Short, since the server sends two hints a second and few more after quiet.
 */
const SETTLE_MS = 50;
/** The server takes no more components in one question. */
const MOST_ROWS = 50;

/**
 * Brings what is cached up to date after a hint: the rows that changed where
 * the hint names them, everything where it does not.
 */
export class OverviewUpdates {
  private changed = new Set<string>();
  private everything = false;
  private timer?: ReturnType<typeof setTimeout>;
  private busy = false;
  private lastAt = 0;

  constructor(
    private readonly api: PlatformEnvsApi,
    private readonly queryClient: QueryClient,
  ) {}

  /** @param changed - entity refs of components; absent when anything may have changed */
  onChange(changed: string[] | undefined): void {
    if (changed) changed.forEach(ref => this.changed.add(ref));
    else this.everything = true;
    this.schedule();
  }

  /** Asks for everything on the screen again; resolves when the answers are here. */
  async askAll(): Promise<void> {
    this.changed.clear();
    this.everything = false;
    this.lastAt = Date.now();
    await this.queryClient.invalidateQueries({ queryKey: queryKeys.live });
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.changed.clear();
    this.everything = false;
  }

  private schedule() {
    if (this.timer || this.busy) return;
    const wait = Math.max(0, this.lastAt + SETTLE_MS - Date.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.run();
    }, wait);
  }

  private async run() {
    const refs = [...this.changed];
    const everything = this.everything || refs.length > MOST_ROWS;
    this.busy = true;
    try {
      if (everything) await this.askAll();
      else await this.askRows(refs);
    } finally {
      this.busy = false;
    }
    if (this.everything || this.changed.size) this.schedule();
  }

  private async askRows(refs: string[]) {
    this.changed.clear();
    this.lastAt = Date.now();
    const wanted = new Set<unknown>(refs);
    const others = this.queryClient.invalidateQueries({
      queryKey: queryKeys.live,
      predicate: ({ queryKey: [, what, ref] }) =>
        what !== 'overview' && (!isOfComponent(what) || wanted.has(ref)),
    });
    const query = this.queryClient
      .getQueryCache()
      .find<Overview>({ queryKey: queryKeys.overview });
    if (!query?.isActive() || !query.state.data) {
      await this.queryClient.invalidateQueries({
        queryKey: queryKeys.overview,
      });
      return;
    }
    try {
      const answer = await this.api.getOverview({
        component: refs,
        limit: 'all',
      });
      this.queryClient.setQueryData<Overview>(
        queryKeys.overview,
        known => known && mergeRows(known, answer, refs),
      );
    } catch {
      // Whatever it was, the whole question meets it too, and says so.
      await this.queryClient.invalidateQueries({
        queryKey: queryKeys.overview,
      });
    }
    await others;
  }
}

function isOfComponent(what: unknown): boolean {
  return what === 'delivery' || what === 'cell';
}

/**
 * The board with the rows of an answer in the place of those they replace;
 * what was asked for and did not come is gone.
 */
export function mergeRows(
  known: Overview,
  answer: Overview,
  refs: string[],
): Overview {
  const fresh = new Map(answer.rows.map(row => [row.component.ref, row]));
  const gone = new Set(refs.filter(ref => !fresh.has(ref)));
  const rows = known.rows.flatMap(row => {
    const { ref } = row.component;
    if (gone.has(ref)) return [];
    const next = fresh.get(ref) ?? row;
    fresh.delete(ref);
    return [next];
  });
  const environments = new Map(
    [...known.environments, ...answer.environments].map(e => [e.ref, e]),
  );
  return {
    ...known,
    revision: answer.revision,
    generatedAt: answer.generatedAt,
    sources: answer.sources,
    environments: [...environments.values()],
    rows: [...rows, ...fresh.values()],
  };
}
