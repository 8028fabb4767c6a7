import {
  RiCheckboxBlankCircleLine,
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiIndeterminateCircleLine,
  RiLoader4Line,
} from '@remixicon/react';
import { useState } from 'react';
import useInterval from 'react-use/esm/useInterval';
import { durationOf, RunStep, StepState } from './describeRun';
import styles from './RunPage.module.css';
import { WithLinks } from './WithLinks';

const WORDS: Record<StepState, string> = {
  open: 'to come',
  processing: 'running',
  completed: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'not needed',
};

const SHAPES: Record<StepState, typeof RiLoader4Line> = {
  open: RiCheckboxBlankCircleLine,
  processing: RiLoader4Line,
  completed: RiCheckboxCircleFill,
  failed: RiCloseCircleFill,
  cancelled: RiIndeterminateCircleLine,
  skipped: RiIndeterminateCircleLine,
};

/** The steps of a run, each with what it said; the one that runs speaks live. */
export function Checklist({ steps }: { steps: RunStep[] }) {
  const [now, setNow] = useState(() => Date.now());
  const running = steps.some(({ state }) => state === 'processing');
  useInterval(() => setNow(Date.now()), running ? 1_000 : null);
  return (
    <ol className={styles.steps} aria-label="Steps">
      {steps.map(step => (
        <Step key={step.id} step={step} now={now} />
      ))}
    </ol>
  );
}

function Step({ step, now }: { step: RunStep; now: number }) {
  const { name, state, lines } = step;
  const Shape = SHAPES[state];
  const last = lines.at(-1);
  return (
    <li className={styles.step} data-state={state}>
      <Shape size={18} aria-hidden className={styles.shape} />
      <div className={styles.stepBody}>
        <div className={styles.stepHead}>
          <span className={styles.stepName}>{name}</span>
          <span className={styles.stepState}>
            {[WORDS[state], durationOf(step, now)].filter(Boolean).join(' · ')}
          </span>
        </div>
        {(state === 'processing' || state === 'failed') && last && (
          <p className={styles.last}>
            <WithLinks text={last.split('\n')[0]} />
          </p>
        )}
        {lines.length > 0 && (
          <details className={styles.log}>
            <summary>
              {lines.length === 1 ? '1 line' : `${lines.length} lines`}
              <span className={styles.hidden}> of {name}</span>
            </summary>
            <pre>{lines.join('\n')}</pre>
          </details>
        )}
      </div>
    </li>
  );
}
