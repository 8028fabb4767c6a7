import {
  ComponentPlan,
  PlannedKind,
  PlannedThing,
} from '@fairway/plugin-platform-envs-common';
import { ReactNode } from 'react';
import { Costs } from './Costs';
import { Deployments } from './Deployments';
import { Findings } from './Findings';
import styles from './plan.module.css';
import { Repositories } from './Repositories';
import { Things } from './Things';

/** Everything that a run would do: one sentence, then the details. */
export function PlanView({ plan }: { plan: ComponentPlan }) {
  const { things, findings } = plan;
  const of = (...kinds: PlannedKind[]) =>
    things.filter(thing => kinds.includes(thing.kind));
  return (
    <>
      <p className={styles.summary}>{plan.summary}</p>
      {findings.length > 0 && <Findings findings={findings} />}
      {plan.total && (
        <Section title="What it costs in a month">
          <Costs plan={plan} />
        </Section>
      )}
      <ThingsSection
        title="Where it runs"
        things={of('deployment')}
        render={found => <Deployments things={found} />}
      />
      <ThingsSection
        title="What is written"
        things={of('repository', 'commit', 'pullRequest', 'file')}
        render={found => <Repositories things={found} />}
      />
      <ThingsSection
        title="In AWS"
        things={of('awsResource')}
        render={found => <Things things={found} />}
      />
      <ThingsSection
        title="Who may act in AWS"
        things={of('iam')}
        render={found => <Things things={found} />}
      />
      <ThingsSection
        title="In the catalog"
        things={of('catalogEntry')}
        render={found => <Things things={found} />}
      />
    </>
  );
}

function ThingsSection(props: {
  title: string;
  things: PlannedThing[];
  render(things: PlannedThing[]): ReactNode;
}) {
  const { title, things, render } = props;
  if (things.length === 0) return null;
  return <Section title={title}>{render(things)}</Section>;
}

function Section(props: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section} aria-label={props.title}>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}
