import { ResponseError } from '@backstage/errors';
import { ComponentCost, CostOverview } from './api';

/**
 * The one client of the cost backend. `fetch` adds credentials and resolves
 * `plugin://cost`.
 *
 * @public
 */
export class CostClient {
  constructor(private readonly options: { fetch: typeof fetch }) {}

  /**
   * The month so far by environment.
   *
   * @throws ResponseError - as the backend answered
   */
  getOverview(signal?: AbortSignal): Promise<CostOverview> {
    return this.get('/overview', signal);
  }

  /** The month so far of one component. @throws ResponseError - as the backend answered */
  getComponentCost(
    entity: { namespace: string; kind: string; name: string },
    signal?: AbortSignal,
  ): Promise<ComponentCost> {
    const path = [entity.namespace, entity.kind, entity.name]
      .map(part => encodeURIComponent(part.toLowerCase()))
      .join('/');
    return this.get(`/components/${path}`, signal);
  }

  private async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    const response = await this.options.fetch(`plugin://cost${path}`, {
      signal,
    });
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return response.json();
  }
}
