import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { Checkbox, CheckboxGroup } from '@backstage/ui';
import { useEffect } from 'react';
import { FormEnvironment } from '../../platforms/readPlatforms';
import { useChosenPlatform } from '../../platforms/usePlatforms';
import { frameOf } from '../describedBy';
import styles from '../fields.module.css';
import { FieldState } from '../FieldState';

/** How a release reaches an environment, as people say it. */
const POLICIES: Record<FormEnvironment['policy'], string> = {
  auto: 'deployed on every merge',
  manual: 'when somebody promotes',
  gated: 'after approval by others',
};

/** What the field gives, for the explorer of fields. */
export const environmentsPickerSchema = makeFieldSchema({
  output: z =>
    z
      .array(z.string())
      .describe('Short names in promotion order; empty: all of the platform'),
});

/**
 * The environments of the chosen platform, in promotion order. All are in until
 * somebody takes one out; the first stays, since releases begin there.
 */
export function EnvironmentsPicker(
  props: typeof environmentsPickerSchema.TProps,
) {
  const { onChange, formContext, formData } = props;
  const { id, invalid, label, help, disabled, errorId } = frameOf(
    props,
    'Environments',
    'Where it is prepared. One that is left out can be added later.',
  );
  const { platform, error, isPending } = useChosenPlatform(
    formContext?.formData?.system,
  );
  const all = platform?.environments.map(({ shortName }) => shortName);
  const chosen = all && chosenOf(formData, all);
  // all of another platform, or all one by one, are all of this one
  const stale = chosen && formData && !same(formData, stored(chosen, all));

  useEffect(() => {
    if (stale) onChange(stored(chosen, all));
  });

  if (isPending || error) {
    return <FieldState what="The environments" error={error} />;
  }
  if (!platform || !all || !chosen) {
    return <p className={styles.help}>{label}: choose a platform first.</p>;
  }
  return (
    <CheckboxGroup
      id={id}
      label={label}
      description={help}
      isDisabled={disabled}
      isInvalid={invalid}
      aria-errormessage={errorId}
      value={chosen}
      onChange={next => onChange(stored(chosenOf([all[0], ...next], all), all))}
    >
      <div className={styles.rows}>
        {platform.environments.map((environment, i) => (
          <div key={environment.shortName} className={styles.row}>
            <Checkbox value={environment.shortName} isReadOnly={i === 0}>
              <span className={styles.words}>
                <span className={styles.name}>{environment.shortName}</span>
                <span className={styles.detail}>
                  {[
                    environment.tier !== environment.shortName &&
                      environment.tier,
                    environment.regions.join(' → '),
                    POLICIES[environment.policy],
                    i === 0 && 'always: releases begin here',
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </span>
            </Checkbox>
          </div>
        ))}
      </div>
    </CheckboxGroup>
  );
}

/**
 * What is chosen of a platform's environments: all for an empty choice, and for
 * one that was made for another platform.
 */
export function chosenOf(
  choice: string[] | undefined,
  all: string[],
): string[] {
  if (!choice?.length || choice.some(name => !all.includes(name))) return all;
  return all.filter((name, i) => i === 0 || choice.includes(name));
}

/** A choice as the form keeps it: all of them are none in particular. */
function stored(chosen: string[], all: string[]): string[] {
  return chosen.length === all.length ? [] : chosen;
}

function same(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
