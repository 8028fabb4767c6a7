import { Entity } from '@backstage/catalog-model';
import { Link, Progress } from '@backstage/core-components';
import { useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { Text } from '@backstage/ui';
import useAsync from 'react-use/esm/useAsync';
import styles from './QuickStarts.module.css';

const MOST = 8;

/** The templates of the catalog, each one click from its form. */
export const QuickStarts = () => {
  const catalog = useApi(catalogApiRef);
  const { value, loading, error } = useAsync(async () => {
    const { items } = await catalog.queryEntities({
      filter: { kind: 'Template' },
      fields: ['metadata'],
      orderFields: { field: 'metadata.title', order: 'asc' },
      limit: MOST,
    });
    return items;
  }, [catalog]);

  if (loading) return <Progress />;
  if (error) {
    return (
      <Text color="secondary">
        The templates could not be read: {error.message}
      </Text>
    );
  }
  if (!value?.length) {
    return (
      <Text color="secondary">
        There is no template yet. The platform team adds them to the catalog.
      </Text>
    );
  }
  return (
    <ul className={styles.list}>
      {value.map(template => (
        <li key={template.metadata.uid ?? template.metadata.name}>
          <Link to={formPath(template)} className={styles.item}>
            <span className={styles.title}>
              {template.metadata.title ?? template.metadata.name}
            </span>
            <span className={styles.text}>{template.metadata.description}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
};

function formPath({ metadata }: Pick<Entity, 'metadata'>) {
  return `/create/templates/${metadata.namespace ?? 'default'}/${
    metadata.name
  }`;
}
