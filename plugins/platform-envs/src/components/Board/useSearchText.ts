import { useCallback, useEffect, useRef, useState } from 'react';
import { SetUrlState } from '../../hooks/useUrlState';

/** A change of the address draws the whole app again: once a word, not once a letter. */
const SETTLE_MS = 250;

/**
 * The text of the search: at once for the board, and in the address as `q`
 * when the typing pauses. Back, and whoever clears the filters, change it too.
 *
 * @param inAddress - what `q` says now
 */
export function useSearchText(
  inAddress: string,
  setUrl: SetUrlState,
): [text: string, setText: (text: string) => void] {
  const [text, setText] = useState(inAddress);
  const written = useRef(inAddress);
  const timer = useRef<ReturnType<typeof setTimeout>>();

  useEffect(() => {
    // Only what somebody else wrote: our own would overtake the next letter.
    if (inAddress === written.current) return;
    clearTimeout(timer.current);
    written.current = inAddress;
    setText(inAddress);
  }, [inAddress]);

  useEffect(() => () => clearTimeout(timer.current), []);

  const change = useCallback(
    (next: string) => {
      setText(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        written.current = next;
        setUrl({ q: next });
      }, SETTLE_MS);
    },
    [setUrl],
  );
  return [text, change];
}
