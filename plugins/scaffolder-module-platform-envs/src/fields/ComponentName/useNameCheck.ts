import { FetchApi, fetchApiRef, useApi } from '@backstage/frontend-plugin-api';
import {
  ComponentNameAnswer,
  explainComponentName,
} from '@fairway/plugin-platform-envs-common';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import useDebounce from 'react-use/esm/useDebounce';
import { queryClient } from '../../platforms/queryClient';
import { checkName } from './checkName';

/** A pause in typing that long is an invitation to answer. */
const PAUSE_MS = 400;

/** As long as the server keeps its answers. */
const KEEP_MS = 10_000;

/** One question for the field and for the form's check of it. */
const nameQuery = (fetchApi: FetchApi, name: string, system: string) => ({
  queryKey: ['scaffolder', 'name', system, name],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    checkName(fetchApi, name, system, signal),
  staleTime: KEEP_MS,
  retry: false,
});

/**
 * Whether a name is free on a platform; what the field was told a moment ago is
 * not asked again.
 *
 * @throws Error - as {@link checkName}.
 */
export function readNameCheck(
  fetchApi: FetchApi,
  name: string,
  system: string,
): Promise<ComponentNameAnswer> {
  return queryClient.fetchQuery(nameQuery(fetchApi, name, system));
}

/**
 * Whether a name is free on a platform, asked once typing pauses; nothing is
 * asked for what can never be a name, or while there is no platform.
 */
export function useNameCheck(name: string, system: unknown) {
  const fetchApi = useApi(fetchApiRef);
  const [settled, setSettled] = useState(name);
  useDebounce(() => setSettled(name), PAUSE_MS, [name]);
  const possible =
    typeof system === 'string' &&
    Boolean(system) &&
    !explainComponentName(name);
  const { data, error, isFetching } = useQuery<ComponentNameAnswer, Error>(
    {
      ...nameQuery(fetchApi, settled, String(system)),
      enabled: possible && settled === name,
    },
    queryClient,
  );
  const current = possible && settled === name;
  return {
    answer: current ? data : undefined,
    error: current ? error : null,
    isChecking: possible && (!current || isFetching),
  };
}
