import { ReactNode } from 'react';
import {
  DeliveryCell,
  EnvironmentRuntime,
  sentenceOf,
} from '@fairway/plugin-platform-envs-common';
import { useNow } from '../../hooks/useNow';
import { isOldCell } from '../../model/freshness';
import { cellWord } from '../../model/vocabulary';
import { FindingList } from '../FindingList';
import { CellLinks } from '../Links';
import { OldValues, StateBadge } from '../StateBadge';
import { When } from '../When';
import { DeployerFacts } from './DeployerFacts';
import { BehindFacts, ReleaseFacts } from './ReleaseFacts';
import { ConditionFacts, EventFacts, ResourceFacts } from './ResourceFacts';
import { Section } from './Section';
import styles from './CellDetails.module.css';

/** Props of {@link CellDetails}. */
export interface CellDetailsProps {
  cell: DeliveryCell;
  /** Of the environment. */
  runtime: EnvironmentRuntime;
  findings: string[];
  /** What can be done about it; stands under the sentence. */
  actions?: ReactNode;
  /** What was deployed here before. */
  history?: ReactNode;
}

/** The state of a cell, and the sentence that a colleague would say about it. */
export function CellLead(props: {
  cell: Pick<DeliveryCell, 'state' | 'sentence' | 'source'>;
}) {
  const { cell } = props;
  const { state, observedAt, message } = cell.source;
  const isOld = isOldCell(cell);
  const now = useNow();
  return (
    <div className={styles.lead}>
      <OldValues when={isOld}>
        <StateBadge state={cellWord(cell.state)} variant="pill" />
      </OldValues>
      <p className={styles.sentence}>{sentenceOf(cell, new Date(now))}</p>
      {isOld && (
        <p className={styles.stale} title={message}>
          {state}
          {observedAt && (
            <>
              , seen <When at={observedAt} />
            </>
          )}
        </p>
      )}
    </div>
  );
}

/** Everything known about one component in one environment. */
export function CellDetails(props: CellDetailsProps) {
  const { cell, runtime, findings, actions, history } = props;
  return (
    <div className={styles.details}>
      <CellLead cell={cell} />
      {actions}
      <FindingList findings={findings} />
      <OldValues when={isOldCell(cell)}>
        <ConditionFacts cell={cell} />
        <ReleaseFacts cell={cell} />
        <BehindFacts cell={cell} />
        <DeployerFacts cell={cell} runtime={runtime} />
        <ResourceFacts cell={cell} />
        <EventFacts cell={cell} />
      </OldValues>
      {history}
      <Section title="Links">
        <CellLinks
          componentRef={cell.componentRef}
          environmentRef={cell.environmentRef}
          links={cell.links}
        />
      </Section>
    </div>
  );
}
