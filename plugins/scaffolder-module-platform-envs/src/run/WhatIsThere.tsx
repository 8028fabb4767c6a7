import { Link } from '@backstage/core-components';
import { fetchApiRef, useApi } from '@backstage/frontend-plugin-api';
import { Button, Text } from '@backstage/ui';
import { useQuery } from '@tanstack/react-query';
import { checkName, PLACE_WORDS } from '../fields/ComponentName/checkName';
import { queryClient } from '../platforms/queryClient';
import styles from './RunPage.module.css';

/** The server remembers an answer that long. */
const LOOK_EVERY_MS = 10_000;

/** After so many looks nothing changes by itself any more. */
const LOOKS = 4;

/** Props of {@link WhatIsThere}. */
export interface WhatIsThereProps {
  /** Name of the component that the run was for. */
  name: string;
  /** Entity ref of its platform. */
  system: string;
}

/**
 * What a run that did not get to its end has left: asked of the catalog, GitHub
 * and ECR themselves, not of the run, which may not know.
 */
export function WhatIsThere({ name, system }: WhatIsThereProps) {
  const fetchApi = useApi(fetchApiRef);
  const { data, error, isFetching, refetch } = useQuery(
    {
      queryKey: ['scaffolder', 'what-is-there', system, name],
      queryFn: () => checkName(fetchApi, name, system),
      staleTime: 0,
      // the step in which it stopped may still be finishing
      refetchInterval: ({ state }) =>
        state.dataUpdateCount < LOOKS ? LOOK_EVERY_MS : false,
      retry: false,
    },
    queryClient,
  );
  return (
    <section aria-label="What is there now" className={styles.there}>
      <Text as="h3" variant="body-medium" weight="bold">
        What is there now
      </Text>
      {isFetching && !data && (
        <Text as="p" color="secondary" role="status">
          Looking…
        </Text>
      )}
      {error && (
        <Text as="p" color="secondary">
          It could not be looked up: {error.message}
        </Text>
      )}
      {data && (
        <ul className={styles.places}>
          {data.places.map(({ place, state, what, url, reason }) => (
            <li key={place}>
              <span className={styles.place}>{PLACE_WORDS[place]}</span>
              {state === 'free' && <span>nothing</span>}
              {state === 'unknown' && <span>not known: {reason}</span>}
              {(state === 'taken' || state === 'mine') && (
                <span>{url ? <Link to={url}>{what}</Link> : what}</span>
              )}
            </li>
          ))}
        </ul>
      )}
      <Button
        variant="tertiary"
        size="small"
        isDisabled={isFetching}
        onPress={() => refetch()}
      >
        Look again
      </Button>
    </section>
  );
}
