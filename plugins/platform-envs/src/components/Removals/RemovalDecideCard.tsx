import {
  AvailableAction,
  isOpenRemoval,
  RemovalDetail,
} from '@fairway/plugin-platform-envs-common';
import { useDecideRemoval } from '../../hooks/useRemovals';
import { Card } from '../Card';
import { Approvals, DecisionForm, RefList } from '../Requests';
import styles from './Removals.module.css';

const TITLES: Record<AvailableAction['action'], string> = {
  approve: 'Approve removal',
  reject: 'Reject',
  cancel: 'Withdraw',
};

/** Who has to agree and why, who has, and the decision itself. */
export function RemovalDecideCard({ detail }: { detail: RemovalDetail }) {
  const { removal, quorum, availableActions } = detail;
  const { approvals, policy } = removal;
  const isOpen = isOpenRemoval(removal);
  const decide = useDecideRemoval(removal.id);
  return (
    <Card title={isOpen ? 'Decide' : 'Decision'} level={3} outlined>
      <Approvals
        quorum={quorum}
        noneNeeded="Nobody has to agree"
        approvals={approvals}
      >
        <p className={styles.quiet}>{policy.reasons.join(' ')}</p>
        <p className={styles.quiet}>
          <RefList entityRefs={policy.approverGroups} /> may decide; whoever
          asked may not.
        </p>
      </Approvals>
      {isOpen && (
        <DecisionForm
          actions={availableActions}
          titles={TITLES}
          destructive="approve"
          label="Reason"
          planDigest={removal.planDigest}
          decide={decide}
        />
      )}
    </Card>
  );
}
