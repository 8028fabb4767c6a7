import { stringifyEntityRef } from '@backstage/catalog-model';
import { ReviewStepProps } from '@backstage/plugin-scaffolder-react';
import {
  ComponentPlan,
  PlannedChange,
} from '@fairway/plugin-platform-envs-common';
import {
  ParsedTemplateSchema,
  ReviewState,
} from '@backstage/plugin-scaffolder-react/alpha';
import { Alert, Button } from '@backstage/ui';
import { useEffect, useId, useRef, useState } from 'react';
import { useParams } from 'react-router-dom';
import styles from './plan.module.css';
import { PlanView } from './PlanView';
import { Progress } from './Progress';
import { PlanError, usePlan } from './usePlan';

/**
 * The last page of a template's form: what the run would create, and the button
 * that starts it. It stays closed while something is in the way, and says why.
 */
export function ReviewStep(props: ReviewStepProps) {
  const { formData, steps, handleBack, handleCreate, disableButtons } = props;
  const { namespace = 'default', templateName = '' } = useParams();
  const templateRef = stringifyEntityRef({
    kind: 'template',
    namespace,
    name: templateName,
  });
  const {
    data: plan,
    error,
    isFetching,
    refetch,
  } = usePlan(templateRef, formData);
  const [isCreating, setIsCreating] = useState(false);
  const reasonId = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const buttons = useRef<HTMLDivElement>(null);
  // The page has changed under the keyboard: it begins here.
  useEffect(() => heading.current?.focus(), []);

  // After a failure the plan of before is still there; it says nothing of now.
  const hasPlan = plan !== undefined && !error;
  const isBlocked = plan?.findings.some(one => one.severity === 'blocking');
  const words = wordsFor(templateName, hasPlan ? plan : undefined);
  const reason = reasonFor({ isFetching, isBlocked, hasPlan }, words.done);
  const create = async () => {
    setIsCreating(true);
    try {
      // It answers, though its type does not say so.
      await (handleCreate as () => void | Promise<void>)();
    } finally {
      setIsCreating(false);
    }
  };
  const isBusy = disableButtons || isCreating;

  return (
    <div className={styles.review}>
      <div className={styles.title}>
        <h2 ref={heading} tabIndex={-1}>
          What will be {words.done}
        </h2>
        <button
          type="button"
          className={styles.skip}
          onClick={() => lastButton(buttons.current)?.focus()}
        >
          Skip the plan
        </button>
        {!isFetching && (
          <Button variant="secondary" size="small" onPress={() => refetch()}>
            Make the plan again
          </Button>
        )}
      </div>
      <div aria-live="polite" aria-busy={isFetching} className={styles.plan}>
        {isFetching && <Progress done={words.done} />}
        {!isFetching && error && <NoPlan error={error} done={words.done} />}
        {!isFetching && !error && plan && <PlanView plan={plan} />}
      </div>
      <details className={styles.document}>
        <summary>What you filled in</summary>
        <ReviewState
          formState={formData}
          schemas={steps as ParsedTemplateSchema[]}
        />
      </details>
      <div className={styles.buttons} ref={buttons}>
        {reason && (
          <p id={reasonId} className={styles.reason}>
            {reason}
          </p>
        )}
        <Button variant="tertiary" onPress={handleBack} isDisabled={isBusy}>
          Back
        </Button>
        {error && !error.isFinal && !isFetching && (
          <Button variant="secondary" onPress={create} isDisabled={isBusy}>
            {words.button} without seeing the plan
          </Button>
        )}
        <Button
          variant="primary"
          onPress={create}
          isDisabled={isBusy || reason !== undefined}
          aria-describedby={reason ? reasonId : undefined}
        >
          {words.button}
        </Button>
      </div>
    </div>
  );
}

/** The one that starts the run, or, while it is closed, the one before it. */
function lastButton(within: HTMLElement | null): HTMLButtonElement | undefined {
  return [
    ...(within?.querySelectorAll<HTMLButtonElement>('button:enabled') ?? []),
  ].at(-1);
}

/**
 * What takes away and creates nothing is not called creation. Before there is a
 * plan, the name of the template tells: it begins with what it does.
 */
function wordsFor(
  templateName: string,
  plan?: ComponentPlan,
): { done: string; button: string } {
  const has = (change: PlannedChange) =>
    plan?.things.some(thing => thing.change === change);
  const removes = plan
    ? has('remove') && !has('create')
    : templateName.startsWith('remove-');
  return removes
    ? { done: 'removed', button: 'Remove' }
    : { done: 'created', button: 'Create' };
}

function reasonFor(
  state: {
    isFetching: boolean;
    isBlocked?: boolean;
    hasPlan: boolean;
  },
  done: string,
): string | undefined {
  if (state.isFetching) return `It can be ${done} when the plan is made.`;
  if (!state.hasPlan) return `It cannot be ${done}: there is no plan.`;
  return state.isBlocked
    ? `It cannot be ${done} yet: something is in the way, see above.`
    : undefined;
}

function NoPlan({ error, done }: { error: PlanError; done: string }) {
  return (
    <div role="alert">
      <Alert
        status="danger"
        icon
        title="There is no plan"
        description={
          <>
            {error.fields.length > 0 ? (
              <ul className={styles.findings}>
                {error.fields.map(line => (
                  <li key={line}>{line}.</li>
                ))}
              </ul>
            ) : (
              <p className={styles.cause}>{error.message}.</p>
            )}
            {error.isFinal
              ? `Nothing was ${done}. Go back and change it.`
              : `Nothing was ${done}. Make the plan again, or wait a minute first. A run looks for what is in the way once more before anything is ${done}.`}
          </>
        }
      />
    </div>
  );
}
