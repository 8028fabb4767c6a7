import {
  createContext,
  MouseEvent,
  ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
} from 'react';
import { useHref, useNavigate } from 'react-router-dom';
import { useEntityPath } from '../RefLink';
import styles from './Board.module.css';

interface BoardPaths {
  /** Path of an entity's page within the app. */
  pathOf(entityRef: string, tab?: string): string;
  /** What stands before it in the browser. */
  base: string;
  go(path: string): void;
}

const PathsContext = createContext<BoardPaths | undefined>(undefined);

/**
 * Finds the way to entities once for all lines: a line that scrolls into view
 * has no time to ask the router for each of its links.
 */
export function BoardPathsProvider({ children }: { children: ReactNode }) {
  const entityPath = useEntityPath();
  const navigate = useNavigate();
  const base = useHref('/').replace(/\/$/, '');
  const latest = useRef({ entityPath, navigate });
  useEffect(() => {
    latest.current = { entityPath, navigate };
  });
  const paths = useMemo<BoardPaths>(
    () => ({
      pathOf: (ref, tab) => latest.current.entityPath(ref, tab),
      base,
      go: path => latest.current.navigate(path),
    }),
    [base],
  );
  return (
    <PathsContext.Provider value={paths}>{children}</PathsContext.Provider>
  );
}

/** A click that stays in this tab; others are the browser's. */
function isPlain(event: MouseEvent): boolean {
  return (
    event.button === 0 &&
    !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
  );
}

/** Props of {@link BoardLink}. */
export interface BoardLinkProps {
  entityRef: string;
  tab?: string;
  /** The column of the board that it stands in. */
  column: number;
  /** Whether Tab leads here. */
  isActive: boolean;
  children: ReactNode;
}

/** A link to an entity that costs little to draw: the board scrolls past thousands. */
export function BoardLink(props: BoardLinkProps) {
  const { entityRef, tab, column, isActive, children } = props;
  const paths = useContext(PathsContext)!;
  const path = paths.pathOf(entityRef, tab);
  return (
    <a
      href={`${paths.base}${path}`}
      className={styles.link}
      data-column={column}
      tabIndex={isActive ? 0 : -1}
      title={typeof children === 'string' ? children : undefined}
      onClick={event => {
        if (!isPlain(event)) return;
        event.preventDefault();
        paths.go(path);
      }}
    >
      {children}
    </a>
  );
}
