import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { Select } from '@backstage/ui';
import {
  COMPONENT_SIZES,
  ComponentSize,
  SIZE_RESOURCES,
  TIER_SIZINGS,
} from '@fairway/plugin-platform-envs-common';
import { useState } from 'react';
import { FormEnvironment } from '../../platforms/readPlatforms';
import { useChosenPlatform } from '../../platforms/usePlatforms';
import { frameOf } from '../describedBy';
import { chosenOf } from '../EnvironmentsPicker/EnvironmentsPicker';
import styles from '../fields.module.css';
import { FieldState } from '../FieldState';

/** What the field gives, for the explorer of fields. */
export const environmentSizesSchema = makeFieldSchema({
  output: z =>
    z
      .record(z.object({ size: z.enum(['small', 'medium', 'large']) }))
      .describe(
        'By short name, only what differs from the default of its tier',
      ),
});

/**
 * How much the component gets of each chosen environment. Folded: each tier has
 * a default, and only what differs from it is kept.
 */
export function EnvironmentSizes(props: typeof environmentSizesSchema.TProps) {
  const { formContext, formData = {}, onChange } = props;
  const { id, label, help, disabled } = frameOf(
    props,
    'Sizes',
    'CPU and memory of one copy. The defaults do to begin with; they can be changed later in the overlays.',
  );
  const [open, setOpen] = useState(Object.keys(formData).length > 0);
  const values = formContext?.formData ?? {};
  const { platform, error, isPending } = useChosenPlatform(values.system);
  if (isPending || error) return <FieldState what="The sizes" error={error} />;
  if (!platform) {
    return <p className={styles.help}>{label}: choose a platform first.</p>;
  }
  const names = chosenOf(
    Array.isArray(values.environments) ? values.environments : [],
    platform.environments.map(({ shortName }) => shortName),
  );
  const environments = platform.environments.filter(({ shortName }) =>
    names.includes(shortName),
  );
  const sizeOf = ({ shortName, tier }: FormEnvironment) =>
    formData[shortName]?.size ?? TIER_SIZINGS[tier].size;

  const choose = (
    { shortName, tier }: FormEnvironment,
    size: ComponentSize,
  ) => {
    const { [shortName]: _, ...others } = formData;
    onChange(
      size === TIER_SIZINGS[tier].size
        ? others
        : { ...others, [shortName]: { ...formData[shortName], size } },
    );
  };

  return (
    <details
      id={id}
      className={styles.folded}
      open={open}
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary>
        <span className={styles.name}>{label}</span>{' '}
        {environments
          .map(environment => `${environment.shortName} ${sizeOf(environment)}`)
          .join(' · ')}
      </summary>
      <p className={styles.help}>{help}</p>
      <div className={styles.rows}>
        {environments.map(environment => (
          <div key={environment.shortName} className={styles.row}>
            <span className={styles.words}>
              <span className={styles.name}>{environment.shortName}</span>
              <span className={styles.detail}>{sayCopies(environment)}</span>
            </span>
            <Select
              aria-label={`Size in ${environment.shortName}`}
              isDisabled={disabled}
              options={COMPONENT_SIZES.map(size => ({
                value: size,
                label: `${size}: ${saySize(size, environment.runtime)}${
                  size === TIER_SIZINGS[environment.tier].size
                    ? ' (default)'
                    : ''
                }`,
              }))}
              selectedKey={sizeOf(environment)}
              onSelectionChange={key =>
                choose(environment, key as ComponentSize)
              }
            />
          </div>
        ))}
      </div>
    </details>
  );
}

/** CPU and memory of a size, on what runs the environment. */
export function saySize(
  size: ComponentSize,
  runtime: FormEnvironment['runtime'],
): string {
  const { kubernetes, fargate } = SIZE_RESOURCES[size];
  return runtime === 'ecs'
    ? `${fargate.cpu / 1024} vCPU, ${fargate.memory / 1024} GiB`
    : `${kubernetes.requests.cpu} CPU, ${kubernetes.requests.memory} to ${kubernetes.limits.memory}`;
}

/** How many copies run where nobody says otherwise. */
export function sayCopies({ tier }: FormEnvironment): string {
  const { replicas, maxReplicas } = TIER_SIZINGS[tier];
  if (maxReplicas) return `${replicas} to ${maxReplicas} copies, by load`;
  return replicas === 1 ? '1 copy' : `${replicas} copies`;
}
