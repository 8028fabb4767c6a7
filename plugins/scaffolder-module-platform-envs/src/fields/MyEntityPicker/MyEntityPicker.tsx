import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { Combobox } from '@backstage/ui';
import { useMemo } from 'react';
import { frameOf, optionsOf } from '../describedBy';
import styles from '../fields.module.css';
import { FieldState } from '../FieldState';
import { findMine, MyEntitiesFilter, MyEntity } from './readMyEntities';
import { useMyEntities } from './useMyEntities';

/** What a template may say about the field. */
export interface MyEntityPickerOptions {
  /** As for Backstage's own field of that name; everything of mine by default. */
  catalogFilter?: MyEntitiesFilter;
}

/** What the field gives, and its options, for the explorer of fields. */
export const myEntityPickerSchema = makeFieldSchema({
  output: z => z.string().describe('Entity ref of something that is mine'),
  uiOptions: z => {
    const filter = z.record(z.string().or(z.array(z.string())));
    return z.object({
      catalogFilter: filter
        .or(z.array(filter))
        .optional()
        .describe('Keys of an entity with the values that do'),
      allowArbitraryValues: z
        .boolean()
        .optional()
        .describe('Known for the sake of other portals; it is never allowed'),
    });
  },
});

/**
 * One of the entities that I own. Found by any part of its title, name, kind,
 * system and owner.
 */
export function MyEntityPicker(props: typeof myEntityPickerSchema.TProps) {
  const { onChange, formData, required } = props;
  const { id, invalid, label, help, disabled, errorId } = frameOf(
    props,
    'Entity',
    'One that you or a team of yours owns.',
  );
  const { catalogFilter } = optionsOf<MyEntityPickerOptions>(props);
  const { data: mine, error, refetch } = useMyEntities(catalogFilter);
  const chosen = mine?.find(({ ref }) => ref === formData);
  const find = useMemo(
    () =>
      lastAnswer(
        query => new Set(findMine(mine ?? [], query).map(({ title }) => title)),
      ),
    [mine],
  );

  if (!mine) {
    return <FieldState what="What you own" error={error} onRetry={refetch} />;
  }
  if (mine.length === 0) {
    return (
      <p className={styles.help} role="alert">
        {label}: you own none, and only its owners may ask. Who owns one stands
        on its page in the catalog.
      </p>
    );
  }
  const refusal = formData && !chosen ? refusalOf(mine, formData) : undefined;
  const notesId = `${id}__notes`;
  return (
    <div>
      <Combobox
        id={id}
        label={label}
        description={help}
        placeholder="Search by name, title, system or owner"
        isRequired={required}
        isDisabled={disabled}
        isInvalid={invalid || Boolean(refusal)}
        aria-describedby={[notesId, errorId].filter(Boolean).join(' ')}
        // opened by focus it would lie over what is wrong with the field
        menuTrigger="input"
        options={mine.map(entity => ({
          id: entity.ref,
          label: entity.title,
          description: describe(entity),
        }))}
        defaultFilter={(title, query) => find(query).has(title)}
        value={chosen?.ref ?? null}
        onChange={key => onChange(key === null ? undefined : String(key))}
      />
      <div id={notesId} className={styles.notes} role="status">
        {chosen && <span className={styles.detail}>{describe(chosen)}</span>}
        {refusal && !props.rawErrors?.includes(refusal) && (
          <span className={styles.bad}>{refusal}</span>
        )}
      </div>
    </div>
  );
}

/** Why an entity cannot be chosen, as a sentence; undefined when it can. */
export function refusalOf(mine: MyEntity[], ref: string): string | undefined {
  return mine.some(entity => entity.ref === ref)
    ? undefined
    : `${JSON.stringify(
        ref.slice(0, 80),
      )} is not yours, or not in the catalog. Choose one of the list.`;
}

function describe({ title, name, kind, system, owner }: MyEntity): string {
  return [title !== name && name, kind, system && `in ${system}`, `of ${owner}`]
    .filter(Boolean)
    .join(' · ');
}

/** The function, which remembers its last answer: a list asks once for each of its items. */
function lastAnswer<T>(answer: (text: string) => T): (text: string) => T {
  let last: { text: string; value: T } | undefined;
  return text => {
    if (last?.text !== text) last = { text, value: answer(text) };
    return last.value;
  };
}
