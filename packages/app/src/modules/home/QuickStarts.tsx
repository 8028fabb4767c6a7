import { Entity } from '@backstage/catalog-model';
import { Link, Progress } from '@backstage/core-components';
import { useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { Text } from '@backstage/ui';
import useAsync from 'react-use/esm/useAsync';
import styles from './QuickStarts.module.css';

/** Every template of the catalog, each one click from its form. */
export const QuickStarts = () => {
  const catalog = useApi(catalogApiRef);
  const { value, loading, error } = useAsync(async () => {
    const { items } = await catalog.getEntities({
      filter: { kind: 'Template' },
      fields: ['metadata'],
    });
    return items.sort((a, b) => titleOf(a).localeCompare(titleOf(b)));
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
            <span className={styles.title}>{titleOf(template)}</span>
            <span className={styles.text}>
              {firstSentence(template.metadata.description)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
};

function titleOf({ metadata }: Pick<Entity, 'metadata'>) {
  return metadata.title ?? metadata.name;
}

/** The rest stands on the card in the gallery. */
function firstSentence(text = '') {
  return text.match(/^.*?[.:](?=\s|$)/s)?.[0].replace(/:$/, '.') ?? text;
}

function formPath({ metadata }: Pick<Entity, 'metadata'>) {
  return `/create/templates/${metadata.namespace ?? 'default'}/${
    metadata.name
  }`;
}
