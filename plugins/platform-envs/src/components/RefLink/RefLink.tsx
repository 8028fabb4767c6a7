import { parseEntityRef } from '@backstage/catalog-model';
import { useRouteRef } from '@backstage/core-plugin-api';
import {
  entityRouteParams,
  entityRouteRef,
  useEntityPresentation,
} from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';
import styles from './RefLink.module.css';

/** Builds the path of an entity's page, with `/tab` appended when given. */
export function useEntityPath(): (ref: string, tab?: string) => string {
  const toPath = useRouteRef(entityRouteRef);
  return (ref, tab) => {
    const path = toPath(
      entityRouteParams(parseEntityRef(ref, { defaultKind: 'component' }), {
        encodeParams: true,
      }),
    );
    return tab ? `${path.replace(/\/$/, '')}/${tab}` : path;
  };
}

/** Props of {@link RefLink}. */
export interface RefLinkProps {
  entityRef: string;
  /** Shown instead of the entity's title. */
  children?: React.ReactNode;
  tab?: string;
  /** Without a line under it, for lists that are all links. */
  plain?: boolean;
  className?: string;
}

/** A link to an entity, by its title. */
export function RefLink(props: RefLinkProps) {
  const { entityRef, children, tab, plain, className } = props;
  const entityPath = useEntityPath();
  const { primaryTitle, secondaryTitle } = useEntityPresentation(entityRef);
  return (
    <Link
      href={entityPath(entityRef, tab)}
      standalone
      className={[styles.link, plain && styles.plain, className]
        .filter(Boolean)
        .join(' ')}
      title={secondaryTitle ?? entityRef}
    >
      {children ?? primaryTitle}
    </Link>
  );
}
