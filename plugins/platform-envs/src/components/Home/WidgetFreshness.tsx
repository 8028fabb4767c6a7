import { ReactNode } from 'react';
import { Overview } from '@fairway/plugin-platform-envs-common';
import { useFreshness } from '../../hooks/useFreshness';
import { useOverview } from '../../hooks/useOverview';
import { describeStaleness } from '../../model/freshness';
import { OldValues } from '../StateBadge';
import styles from './Home.module.css';

/** Since when and why a widget is stale, over what it shows; nothing is added while it is not. */
export function WidgetFreshness(props: {
  data: Overview;
  state: Pick<
    ReturnType<typeof useOverview>,
    'stream' | 'dataUpdatedAt' | 'error'
  >;
  children?: ReactNode;
}) {
  const { data, state, children } = props;
  const freshness = useFreshness({
    sources: data.sources,
    stream: state.stream,
    dataUpdatedAt: state.dataUpdatedAt,
    failed: Boolean(state.error),
  });
  const words = describeStaleness(freshness);
  return (
    <>
      {words && (
        <p role="status" className={styles.stale}>
          {words}
        </p>
      )}
      <OldValues when={freshness.isCutOff ?? false}>{children}</OldValues>
    </>
  );
}
