import {
  ForwardedError,
  NotAllowedError,
  ResponseError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { ComponentDelivery } from '@fairway/plugin-platform-envs-common';

/** One look may take this long. */
const TIMEOUT_MS = 10_000;

/** Options of {@link readDelivery}. */
export interface ReadDeliveryOptions {
  /** Base URL of the platform-envs backend. */
  baseUrl: string;
  token: string;
  /** Name, in the default namespace. */
  component: string;
  signal?: AbortSignal;
}

/**
 * Where a component stands in each environment; undefined while the portal does
 * not know the component yet.
 *
 * @throws NotAllowedError - the person may not see it.
 * @throws ServiceUnavailableError - no usable answer; trying again may help.
 */
export async function readDelivery(
  options: ReadDeliveryOptions,
): Promise<ComponentDelivery | undefined> {
  const { baseUrl, token, component, signal } = options;
  let response: Response;
  try {
    response = await fetch(
      `${baseUrl}/components/default/component/${encodeURIComponent(
        component,
      )}/delivery`,
      {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.any([
          AbortSignal.timeout(TIMEOUT_MS),
          ...(signal ? [signal] : []),
        ]),
      },
    );
    if (response.status === 404) return undefined;
    if (response.ok) {
      const delivery = (await response.json()) as ComponentDelivery;
      if (Array.isArray(delivery?.row?.cells)) return delivery;
      throw new Error('the answer has no cells');
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new ServiceUnavailableError(
      `The delivery of ${component} could not be read (${
        (error as Error).message
      })`,
      error,
    );
  }
  const error = await ResponseError.fromResponse(response);
  if (response.status === 401 || response.status === 403) {
    throw new NotAllowedError(
      `You may not see the delivery of ${component}: ${error.message}`,
    );
  }
  if (response.status >= 500 || response.status === 429) {
    throw new ServiceUnavailableError(
      `The delivery of ${component} could not be read (status ${response.status})`,
      error,
    );
  }
  throw new ForwardedError(
    `The delivery of ${component} could not be read`,
    error,
  );
}
