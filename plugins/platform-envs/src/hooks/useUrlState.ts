import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

/** How a change of the address is kept: `push` makes Back undo it. */
export type UrlChange = 'push' | 'replace';

/** Sets parameters; undefined and the empty string remove them. */
export type SetUrlState = (
  changes: Record<string, string | undefined>,
  change?: UrlChange,
) => void;

/** State that lives in the address, so that it can be shared and Back works. */
export function useUrlState(): [URLSearchParams, SetUrlState] {
  const [params, setParams] = useSearchParams();
  const set = useCallback<SetUrlState>(
    (changes, change = 'replace') => {
      setParams(
        previous => {
          const next = new URLSearchParams(previous);
          for (const [name, value] of Object.entries(changes)) {
            if (value) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace: change === 'replace', preventScrollReset: true },
      );
    },
    [setParams],
  );
  return [params, set];
}
