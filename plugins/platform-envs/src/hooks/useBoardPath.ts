import { useRouteRef } from '@backstage/frontend-plugin-api';
import { boardRouteRef } from '../routes';

/** Builds the address of the board with filters set; undefined where there is no board. */
export function useBoardPath(): (
  filters?: Record<string, string | undefined>,
) => string | undefined {
  const toPath = useRouteRef(boardRouteRef);
  return filters => {
    const path = toPath?.();
    if (!path || !filters) return path;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filters)) {
      if (value) query.set(name, value);
    }
    return `${path}?${query}`;
  };
}
