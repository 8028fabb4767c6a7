import { Link } from '@backstage/core-components';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { TextField } from '@backstage/ui';
import {
  NAME_PLACES,
  NameInPlace,
  NamePlace,
} from '@fairway/plugin-platform-envs-common';
import {
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiLoader4Line,
  RiQuestionLine,
} from '@remixicon/react';
import { useEffect, useState } from 'react';
import { frameOf, optionsOf } from '../describedBy';
import styles from '../fields.module.css';
import { currentErrors, refusalOf, sayPlace } from './checkName';
import { useNameCheck } from './useNameCheck';

/** What a template may say about the field. */
export interface ComponentNameOptions {
  /** Places where the name may exist: a repository that gets registered. */
  mayExistIn?: NamePlace[];
}

/** What the field gives, and its options, for the explorer of fields. */
export const componentNameSchema = makeFieldSchema({
  output: z => z.string().describe('Name of a new component'),
  uiOptions: z =>
    z.object({
      mayExistIn: z.array(z.enum(NAME_PLACES)).optional(),
    }),
});

/**
 * The name of a new component. Says while it is typed whether it can be one,
 * and whether the catalog, GitHub, the registry or the desired state of the chosen
 * platform has it; it never holds typing up.
 */
export function ComponentName(props: typeof componentNameSchema.TProps) {
  const { autofocus, formContext, formData = '', onChange, required } = props;
  const wasRefused = Boolean(props.rawErrors?.length);
  const { id, invalid, label, help, disabled, errorId } = frameOf(
    {
      ...props,
      rawErrors: currentErrors(props.rawErrors ?? [], formData),
    },
    'Name',
    'Repository, image, folder and address all get this name.',
  );
  const { mayExistIn = [] } = optionsOf<ComponentNameOptions>(props);
  const [left, setLeft] = useState(false);
  const { answer, error, isChecking } = useNameCheck(
    formData,
    formContext?.formData?.system,
  );
  // while the first letters are typed it is only not finished yet
  const refusal =
    formData && (left || wasRefused || formData.length > 2)
      ? refusalOf(formData)
      : undefined;
  const checksId = `${id}__checks`;
  const isFirst = Boolean(autofocus || props.uiSchema?.['ui:autofocus']);
  useEffect(() => {
    if (isFirst) document.getElementById(id)?.focus();
  }, [id, isFirst]);
  return (
    <div>
      <TextField
        id={id}
        label={label}
        description={help}
        placeholder={props.placeholder ?? 'order-intake'}
        isRequired={required}
        isDisabled={disabled}
        isInvalid={invalid || Boolean(refusal)}
        autoComplete="off"
        spellCheck="false"
        aria-describedby={[checksId, errorId].filter(Boolean).join(' ')}
        value={formData}
        onChange={value => onChange(value || undefined)}
        onBlur={() => setLeft(true)}
      />
      <ul id={checksId} className={styles.checks} role="status">
        {refusal && (
          <li className={styles.bad}>
            <RiCloseCircleFill size={15} aria-hidden />
            {refusal}
          </li>
        )}
        {!refusal && isChecking && (
          <li className={styles.detail}>
            <RiLoader4Line size={15} aria-hidden />
            Checking whether it is free…
          </li>
        )}
        {error && (
          <li className={styles.unknown}>
            <RiQuestionLine size={15} aria-hidden />
            Whether it is free could not be checked: {error.message}. It is
            checked before anything is created.
          </li>
        )}
        {answer && <Places places={answer.places} mayExistIn={mayExistIn} />}
      </ul>
    </div>
  );
}

function Places(props: { places: NameInPlace[]; mayExistIn: NamePlace[] }) {
  const { mayExistIn } = props;
  const places = props.places.map(found => ({
    ...found,
    fine: found.state === 'free' || mayExistIn.includes(found.place),
  }));
  if (places.every(({ state }) => state === 'free')) {
    return (
      <li className={styles.good}>
        <RiCheckboxCircleFill size={15} aria-hidden />
        Free on GitHub, in ECR, in the desired state and in the catalog
      </li>
    );
  }
  return (
    <>
      {places.map(found => (
        <li key={found.place} className={toneOf(found)}>
          <Shape {...found} />
          <span>
            {sayPlace(found)}
            {found.url && (
              <>
                {' '}
                <Link to={found.url} target="_blank">
                  Open
                </Link>
              </>
            )}
          </span>
        </li>
      ))}
    </>
  );
}

function toneOf({ state, fine }: { state: string; fine: boolean }) {
  if (state === 'unknown') return styles.unknown;
  return fine ? styles.good : styles.bad;
}

function Shape({ state, fine }: { state: string; fine: boolean }) {
  if (state === 'unknown') return <RiQuestionLine size={15} aria-hidden />;
  return fine ? (
    <RiCheckboxCircleFill size={15} aria-hidden />
  ) : (
    <RiCloseCircleFill size={15} aria-hidden />
  );
}
