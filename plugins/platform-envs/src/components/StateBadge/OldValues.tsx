import { createContext, ReactNode, useContext } from 'react';

const OldContext = createContext(false);

/**
 * Says of all states inside that they were true once and may not be now: they
 * lose their green. Whoever uses it says beside them how old they are.
 */
export function OldValues(props: { when: boolean; children: ReactNode }) {
  const isOld = useIsOld();
  return (
    <OldContext.Provider value={isOld || props.when}>
      {props.children}
    </OldContext.Provider>
  );
}

/** Whether what is shown here may not be true any more. */
export function useIsOld(): boolean {
  return useContext(OldContext);
}
