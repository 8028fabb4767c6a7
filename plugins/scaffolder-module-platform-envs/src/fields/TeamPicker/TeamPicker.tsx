import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { Select } from '@backstage/ui';
import { useEffect } from 'react';
import { useMyGroups } from '../../platforms/useMyGroups';
import { useChosenPlatform } from '../../platforms/usePlatforms';
import { frameOf } from '../describedBy';
import styles from '../fields.module.css';
import { FieldState } from '../FieldState';

/** What the field gives, for the explorer of fields. */
export const teamPickerSchema = makeFieldSchema({
  output: z => z.string().describe('Entity ref of a group of mine'),
});

/**
 * One of my groups. Begins with the one that owns the chosen platform, or with
 * the only one there is.
 */
export function TeamPicker(props: typeof teamPickerSchema.TProps) {
  const { onChange, formContext, formData, required } = props;
  const { id, invalid, label, help, disabled, errorId } = frameOf(
    props,
    'Owner',
    'The team that will look after it.',
  );
  const { data: groups, error } = useMyGroups();
  const { platform } = useChosenPlatform(formContext?.formData?.system);
  const mine = groups?.some(({ ref }) => ref === formData);
  const first =
    groups?.find(({ ref }) => ref === platform?.ownerRef) ??
    (groups?.length === 1 ? groups[0] : undefined);
  const next = groups && !mine ? first?.ref : undefined;

  useEffect(() => {
    if (next) onChange(next);
  }, [next, onChange]);

  if (!groups) return <FieldState what="Your groups" error={error} />;
  if (groups.length === 0) {
    return (
      <p className={styles.help} role="alert">
        {label}: you belong to no group in the catalog, so you can own nothing
        yet. Ask whoever keeps the groups of your organisation to add you to
        your team.
      </p>
    );
  }
  return (
    <Select
      id={id}
      label={label}
      description={help}
      isRequired={required}
      isDisabled={disabled}
      isInvalid={invalid}
      aria-errormessage={errorId}
      placeholder="Choose a team"
      options={groups.map(({ ref, title }) => ({ value: ref, label: title }))}
      selectedKey={mine ? formData : null}
      onSelectionChange={key =>
        onChange(key === null ? undefined : String(key))
      }
    />
  );
}
