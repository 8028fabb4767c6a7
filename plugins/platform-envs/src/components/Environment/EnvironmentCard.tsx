import { ReactNode } from 'react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Skeleton } from '@backstage/ui';
import { EnvironmentDetail } from '@fairway/plugin-platform-envs-common';
import { useEnvironment } from '../../hooks/useEnvironment';
import { Card } from '../Card';
import { ErrorNotice } from '../ErrorNotice';
import { Screen } from '../Screen';
import { OldValues } from '../StateBadge';
import { When } from '../When';
import styles from './Environment.module.css';

/** The ref of the entity whose page this is. */
export function useEntityRef(): string {
  return stringifyEntityRef(useEntity().entity);
}

function Content(props: {
  title: string;
  children: (detail: EnvironmentDetail) => ReactNode;
}) {
  const { data, error, dataUpdatedAt, refetch } = useEnvironment(
    useEntityRef(),
  );
  if (data) {
    return (
      <Card title={props.title}>
        {error && (
          <p className={styles.reason} role="status">
            The portal cannot be reached; this is what it said{' '}
            <When at={new Date(dataUpdatedAt).toISOString()} />.
          </p>
        )}
        <OldValues when={Boolean(error)}>{props.children(data)}</OldValues>
      </Card>
    );
  }
  return (
    <Card title={props.title}>
      {error ? (
        <ErrorNotice
          title="The environment could not be loaded"
          error={error}
          onRetry={refetch}
        />
      ) : (
        <div
          role="status"
          aria-label={`Loading ${props.title}`}
          className={styles.skeleton}
        >
          {[0, 1, 2, 3].map(i => (
            <Skeleton key={i} width={i % 2 ? '80%' : '60%'} height={16} />
          ))}
        </div>
      )}
    </Card>
  );
}

/** A card that shows a part of what is known about the environment. */
export function EnvironmentCard(props: {
  title: string;
  children: (detail: EnvironmentDetail) => ReactNode;
}) {
  return (
    <Screen>
      <Content {...props} />
    </Screen>
  );
}
