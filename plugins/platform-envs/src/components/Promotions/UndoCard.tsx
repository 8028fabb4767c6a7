import { PromotionDetail } from '@fairway/plugin-platform-envs-common';
import { refName } from '../../model/refs';
import { releaseName, shortRevision } from '../../model/release';
import { Card } from '../Card';
import styles from './Promotions.module.css';

function howToUndo({ promotion }: PromotionDetail): string {
  const { plan, commitSha, toEnvironmentRef } = promotion;
  const target = refName(toEnvironmentRef);
  const previous = releaseName(plan?.current);
  if (!commitSha) {
    return promotion.state === 'PLANNING' || promotion.state === 'WAITING'
      ? 'Nothing is written yet: cancel the promotion and nothing happens.'
      : 'Nothing was written, so there is nothing to undo.';
  }
  const revert = `Revert ${shortRevision(commitSha)} in ${
    plan?.repository ?? 'the GitOps repository'
  }; it changed one line.`;
  return previous
    ? `${revert} That brings ${previous} back to ${target} with the next sync. Argo CD's own rollback would be undone by Git.`
    : `${revert} Nothing ran in ${target} before, so scale it down or remove its overlay as well.`;
}

/** The way back, in the terms of the state the promotion is in. */
export function UndoCard({ detail }: { detail: PromotionDetail }) {
  return (
    <Card title="How to undo it" level={3} outlined>
      <p className={styles.paragraph}>{howToUndo(detail)}</p>
    </Card>
  );
}
