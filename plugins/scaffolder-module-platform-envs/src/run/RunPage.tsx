import { Content, Link } from '@backstage/core-components';
import {
  BreadcrumbEntry,
  useApi,
  useRouteRef,
} from '@backstage/frontend-plugin-api';
import { usePermission } from '@backstage/plugin-permission-react';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';
import {
  taskCancelPermission,
  taskCreatePermission,
} from '@backstage/plugin-scaffolder-common/alpha';
import {
  scaffolderApiRef,
  useTaskEventStream,
} from '@backstage/plugin-scaffolder-react';
import { Alert, Button, Skeleton, Text } from '@backstage/ui';
import { useState } from 'react';
import { useParams } from 'react-router-dom';
import { asSentence } from '../plan/asSentence';
import { Checklist } from './Checklist';
import { RunEvents, RunState, sayRun, stateOf, stepsOf } from './describeRun';
import { Result } from './Result';
import styles from './RunPage.module.css';
import { WhatIsThere } from './WhatIsThere';
import { WithLinks } from './WithLinks';

const TONES: Record<RunState, 'info' | 'success' | 'danger' | 'warning'> = {
  waiting: 'info',
  running: 'info',
  succeeded: 'success',
  failed: 'danger',
  cancelled: 'warning',
};

/**
 * A run, live: where it stands, what it made, and each step. One that stopped
 * says why and what is there, and goes on from where it stopped.
 */
export function RunPage() {
  const { taskId = '' } = useParams();
  // a stream that has ended tells nothing of a run that goes on
  const [attempt, setAttempt] = useState(0);
  return (
    <BreadcrumbEntry entry={{ label: taskId.slice(0, 8), href: taskId }}>
      <Content>
        <Run
          key={`${taskId} ${attempt}`}
          taskId={taskId}
          onRetried={() => setAttempt(n => n + 1)}
        />
      </Content>
    </BreadcrumbEntry>
  );
}

function Run({ taskId, onRetried }: { taskId: string; onRetried(): void }) {
  const stream = useTaskEventStream(taskId);
  const runs = useRouteRef(scaffolderPlugin.routes.listTasks);
  const { task, error } = stream;
  if (!task) {
    return error ? (
      <div role="alert">
        <Alert
          status="danger"
          icon
          title="There is no such run, or it is somebody else's"
          description={
            <>
              {error.message}{' '}
              <Link to={runs?.() ?? '/create/tasks'}>All runs</Link>
            </>
          }
        />
      </div>
    ) : (
      <div aria-busy="true" aria-label="The run is being read">
        <Skeleton width="100%" height={320} />
      </div>
    );
  }
  const events = stream as RunEvents;
  const state = stateOf(events);
  const steps = stepsOf(events);
  const { name, system, component } = task.spec.parameters as Record<
    string,
    unknown
  >;
  const subject =
    typeof component === 'string' ? component.split('/').at(-1) : name;
  const title = task.spec.templateInfo?.entity?.metadata.title ?? 'Run';
  const stopped = state === 'failed' || state === 'cancelled';
  return (
    <div className={styles.run}>
      <Text as="h1" variant="title-medium">
        {typeof subject === 'string' ? `${title}: ${subject}` : title}
      </Text>
      <div role={stopped ? 'alert' : 'status'}>
        <Alert
          status={TONES[state]}
          icon
          isPending={state === 'running' || state === 'waiting'}
          title={sayRun(state, steps)}
          description={
            stopped ? (
              <span className={styles.cause}>
                {state === 'failed' && error && (
                  <WithLinks text={asSentence(error.message)} />
                )}{' '}
                {state === 'failed'
                  ? 'Retry goes on from there; nothing is done twice.'
                  : 'What was done until then stays. Retry goes on from there.'}
              </span>
            ) : undefined
          }
        />
      </div>
      {state === 'succeeded' && stream.output && (
        <Result output={stream.output} />
      )}
      <Buttons
        taskId={taskId}
        state={state}
        task={task}
        onRetried={onRetried}
      />
      {stopped && typeof name === 'string' && typeof system === 'string' && (
        <WhatIsThere name={name} system={system} />
      )}
      <Checklist steps={steps} />
    </div>
  );
}

function Buttons(props: {
  taskId: string;
  state: RunState;
  task: NonNullable<ReturnType<typeof useTaskEventStream>['task']>;
  onRetried(): void;
}) {
  const { taskId, state, task, onRetried } = props;
  const scaffolderApi = useApi(scaffolderApiRef);
  const formPath = useRouteRef(scaffolderPlugin.routes.selectedTemplate);
  const mayCancel = usePermission({
    permission: taskCancelPermission,
    resourceRef: taskId,
  });
  const mayCreate = usePermission({ permission: taskCreatePermission });
  const [pressed, setPressed] = useState<'cancel' | 'retry'>();
  const [error, setError] = useState<Error>();

  const press = async (what: 'cancel' | 'retry', act: () => Promise<void>) => {
    setPressed(what);
    setError(undefined);
    try {
      await act();
    } catch (e) {
      setError(e as Error);
      setPressed(undefined);
    }
  };

  const { namespace = 'default', name } =
    task.spec.templateInfo?.entity?.metadata ?? {};
  const again = new URLSearchParams({
    formData: JSON.stringify(task.spec.parameters ?? {}),
  });
  const isOver = state !== 'waiting' && state !== 'running';
  return (
    <div className={styles.buttons}>
      {!isOver && (
        <Button
          variant="secondary"
          isDisabled={!mayCancel.allowed || pressed === 'cancel'}
          onPress={() =>
            press('cancel', async () => {
              await scaffolderApi.cancelTask(taskId);
            })
          }
        >
          {pressed === 'cancel' ? 'Cancelling after this step…' : 'Cancel'}
        </Button>
      )}
      {(state === 'failed' || state === 'cancelled') && (
        <Button
          variant="primary"
          isDisabled={!mayCreate.allowed || pressed === 'retry'}
          onPress={() =>
            press('retry', async () => {
              await scaffolderApi.retry?.(taskId);
              onRetried();
            })
          }
        >
          Retry
        </Button>
      )}
      {isOver && name && (
        <Link
          to={`${
            formPath?.({ namespace, templateName: name }) ??
            `/create/templates/${namespace}/${name}`
          }?${again}`}
        >
          {state === 'succeeded' ? 'Another one like this' : 'Change the form'}
        </Link>
      )}
      {error && (
        <span role="alert" className={styles.cause}>
          {error.message}
        </span>
      )}
    </div>
  );
}
