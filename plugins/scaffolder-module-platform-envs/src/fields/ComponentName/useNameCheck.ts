import { fetchApiRef, useApi } from '@backstage/frontend-plugin-api';
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
      queryKey: ['scaffolder', 'name', system, settled],
      queryFn: ({ signal }) =>
        checkName(fetchApi, settled, system as string, signal),
      enabled: possible && settled === name,
      staleTime: KEEP_MS,
      retry: false,
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
