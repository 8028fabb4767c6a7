import { ToggleButton, ToggleButtonGroup } from '@backstage/ui';
import { useUrlState } from '../../hooks/useUrlState';
import styles from './Requests.module.css';

/** One choice of what a list shows. */
export interface Scope<Id extends string> {
  id: Id;
  label: string;
  /** What to say when there is none. */
  empty: string;
}

/** Which of the scopes the URL asks for, the second when it asks for none, and how to ask for another. */
export function useScope<Id extends string>(scopes: Scope<Id>[]) {
  const [params, setUrl] = useUrlState();
  const scope = scopes.find(({ id }) => id === params.get('show')) ?? scopes[1];
  return {
    scope,
    choose: (id: string) => setUrl({ show: id }, 'push'),
  };
}

/** Buttons for the scopes of a list; one is always chosen. */
export function ScopeToggle<Id extends string>(props: {
  /** What is chosen, for those who do not see it. */
  label: string;
  scopes: Scope<Id>[];
  chosen: Scope<Id>;
  onChoose: (id: string) => void;
}) {
  const { label, scopes, chosen, onChoose } = props;
  return (
    <ToggleButtonGroup
      aria-label={label}
      className={styles.scopes}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[chosen.id]}
      onSelectionChange={keys => onChoose(String([...keys][0] ?? chosen.id))}
    >
      {scopes.map(scope => (
        <ToggleButton key={scope.id} id={scope.id}>
          {scope.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
