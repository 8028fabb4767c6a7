import { useRef, useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import {
  AvailableAction,
  DecidePromotionRequest,
} from '@fairway/plugin-platform-envs-common';
import { ErrorNotice } from '../ErrorNotice';
import { ReasonedButton } from '../Reason';
import styles from './Requests.module.css';

type Action = AvailableAction['action'];

/** What a person has decided. */
export type DecisionInput =
  | DecidePromotionRequest
  | { verdict: 'cancel'; reason: string };

/** Props of {@link DecisionForm}. */
export interface DecisionFormProps {
  actions: AvailableAction[];
  /** What the buttons say. */
  titles: Record<Action, string>;
  /** The action that cannot be taken back. */
  destructive: Action;
  /** What the text is called. */
  label: 'Comment' | 'Reason';
  /** Of the plan that is shown: the decision holds for no other. */
  planDigest: string;
  /** Sends the decision. */
  decide: {
    mutate: (
      input: DecisionInput,
      options: { onSuccess: () => void; onSettled: () => void },
    ) => void;
    isPending: boolean;
    variables: DecisionInput | undefined;
    error: Error | null;
  };
}

/** Approve, reject or withdraw, each with a text that is kept; once, also on a double click. */
export function DecisionForm(props: DecisionFormProps) {
  const { actions, titles, destructive, label, planDigest, decide } = props;
  const [text, setText] = useState('');
  const isSent = useRef(false);
  const act = (action: Action) => {
    if (isSent.current) return;
    isSent.current = true;
    const comment = text.trim();
    decide.mutate(
      action === 'cancel'
        ? { verdict: 'cancel', reason: comment }
        : { verdict: action, comment, planDigest },
      {
        onSuccess: () => setText(''),
        onSettled: () => {
          isSent.current = false;
        },
      },
    );
  };
  const whatIsMissing =
    text.trim() === ''
      ? `Write a ${label.toLocaleLowerCase('en-US')} first`
      : undefined;
  const refusals = [
    ...new Set(
      actions.flatMap(({ allowed, reason }) =>
        allowed || !reason ? [] : [reason],
      ),
    ),
  ];
  return (
    <div className={styles.decision}>
      {actions.some(({ allowed }) => allowed) && (
        <TextAreaField
          label={label}
          secondaryLabel="Required"
          description="What you looked at and why you decide so. It is kept in the record."
          value={text}
          onChange={setText}
          maxLength={2000}
          rows={2}
        />
      )}
      <div className={styles.buttons}>
        {actions.map(({ action, allowed, reason }) => (
          <ReasonedButton
            key={action}
            quiet
            variant={action === 'approve' ? 'primary' : 'secondary'}
            destructive={action === destructive}
            isPending={decide.isPending && decide.variables?.verdict === action}
            reason={allowed ? whatIsMissing : reason ?? 'Not possible now'}
            onPress={() => act(action)}
          >
            {titles[action]}
          </ReasonedButton>
        ))}
      </div>
      {refusals.length > 0 && (
        <ul className={styles.refusals} aria-label="Why not">
          {refusals.map(refusal => (
            <li key={refusal}>{refusal}</li>
          ))}
        </ul>
      )}
      {decide.error && (
        <ErrorNotice
          title="The decision was not recorded"
          error={decide.error}
        />
      )}
    </div>
  );
}
