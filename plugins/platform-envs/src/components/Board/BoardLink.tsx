import { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { useEntityPath } from '../RefLink';
import styles from './Board.module.css';

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
  const entityPath = useEntityPath();
  return (
    <Link
      to={entityPath(entityRef, tab)}
      className={styles.link}
      data-column={column}
      tabIndex={isActive ? 0 : -1}
      title={typeof children === 'string' ? children : undefined}
    >
      {children}
    </Link>
  );
}
