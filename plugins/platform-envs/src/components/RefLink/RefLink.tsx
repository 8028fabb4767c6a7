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

function NamedLink(props: RefLinkProps & { title: string }) {
  const { entityRef, children, title, tab, plain, className } = props;
  const entityPath = useEntityPath();
  return (
    <Link
      href={entityPath(entityRef, tab)}
      standalone
      className={[styles.link, plain && styles.plain, className]
        .filter(Boolean)
        .join(' ')}
      title={title}
    >
      {children}
    </Link>
  );
}

function TitledLink(props: RefLinkProps) {
  const { entityRef } = props;
  const { primaryTitle, secondaryTitle } = useEntityPresentation(entityRef);
  return (
    <NamedLink {...props} title={secondaryTitle ?? entityRef}>
      {primaryTitle}
    </NamedLink>
  );
}

/**
 * A link to an entity, by the name given, else by its title. Only the title
 * asks the catalog, so long lists give the names that they know.
 */
export function RefLink(props: RefLinkProps) {
  return props.children ? (
    <NamedLink {...props} title={props.entityRef} />
  ) : (
    <TitledLink {...props} />
  );
}
