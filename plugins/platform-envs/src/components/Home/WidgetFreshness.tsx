import { Overview } from '@fairway/plugin-platform-envs-common';
import { useFreshness } from '../../hooks/useFreshness';
import { useOverview } from '../../hooks/useOverview';
import { describeStaleness } from '../../model/freshness';
import styles from './Home.module.css';

/** Since when and why a widget is stale; nothing while it is not. */
export function WidgetFreshness(props: {
  data: Overview;
  state: Pick<
    ReturnType<typeof useOverview>,
    'stream' | 'dataUpdatedAt' | 'error'
  >;
}) {
  const { data, state } = props;
  const words = describeStaleness(
    useFreshness({
      sources: data.sources,
      stream: state.stream,
      dataUpdatedAt: state.dataUpdatedAt,
      failed: Boolean(state.error),
    }),
  );
  return words ? (
    <p role="status" className={styles.stale}>
      {words}
    </p>
  ) : null;
}
