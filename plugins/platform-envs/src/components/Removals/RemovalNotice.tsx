import { Link } from '@backstage/ui';
import { useRemovals } from '../../hooks/useRemovals';
import { removalWord } from '../../model/removal';
import { RefLink } from '../RefLink';
import { StateBadge } from '../StateBadge';
import styles from './Removals.module.css';

/** On a component's page: that it is to go, where that is so. */
export function RemovalNotice({ componentRef }: { componentRef: string }) {
  const { data } = useRemovals({ componentRef, scope: 'open', limit: 1 });
  const removal = data?.items[0]?.removal;
  if (!removal) return null;
  return (
    <p className={`${styles.warning} ${styles.line}`} role="status">
      <StateBadge state={removalWord(removal.state)} />
      <span>
        <RefLink entityRef={removal.requestedBy} /> asks for its removal: “
        {removal.reason}”
      </span>
      <Link standalone href={`/removals/${removal.id}`}>
        The plan
      </Link>
    </p>
  );
}
