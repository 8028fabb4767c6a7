import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { Radio, RadioGroup, SearchField } from '@backstage/ui';
import { useEffect, useState } from 'react';
import {
  defaultPlatform,
  FormPlatform,
  regionsOf,
  runtimesOf,
} from '../../platforms/readPlatforms';
import { usePlatforms } from '../../platforms/usePlatforms';
import { frameOf, optionsOf } from '../describedBy';
import styles from '../fields.module.css';
import { FieldState } from '../FieldState';

/** More than fit on a screen want to be searched. */
const SEARCH_FROM = 8;

/** What a template may say about the field. */
export interface PlatformPickerOptions {
  /** What the template makes services for; absent: both. */
  runtimes?: Array<'eks' | 'ecs'>;
}

/** What the field gives, and its options, for the explorer of fields. */
export const platformPickerSchema = makeFieldSchema({
  output: z => z.string().describe('Entity ref of a System of type platform'),
  uiOptions: z =>
    z.object({ runtimes: z.array(z.enum(['eks', 'ecs'])).optional() }),
});

/**
 * The platforms that somebody may create components on, with who owns them and
 * where they run; the others folded, each with the reason. Begins with that of
 * one's own group.
 */
export function PlatformPicker(props: typeof platformPickerSchema.TProps) {
  const { onChange, formData, required } = props;
  const { id, invalid, label, help, disabled, errorId } = frameOf(
    props,
    'Platform',
    'Where it will run. This decides its environments.',
  );
  const { runtimes } = optionsOf<PlatformPickerOptions>(props);
  const [query, setQuery] = useState('');
  const { data, error } = usePlatforms();
  const platforms = data && forRuntimes(data, runtimes);
  const first = platforms && defaultPlatform(platforms)?.ref;

  useEffect(() => {
    if (!formData && first) onChange(first);
  }, [formData, first, onChange]);

  if (!platforms) return <FieldState what="The platforms" error={error} />;
  const usable = platforms.filter(({ unusable }) => !unusable);
  const others = platforms.filter(({ unusable }) => unusable);
  const refusal = formData ? refusalOfPlatform(platforms, formData) : undefined;
  const shown = usable.filter(
    platform => platform.ref === formData || matches(platform, query),
  );
  return (
    <div>
      {usable.length >= SEARCH_FROM && (
        <SearchField
          aria-label="Search platforms"
          placeholder="Search platforms"
          value={query}
          onChange={setQuery}
        />
      )}
      <RadioGroup
        id={id}
        label={label}
        description={help}
        isRequired={required}
        isDisabled={disabled}
        isInvalid={invalid}
        aria-errormessage={errorId}
        value={formData ?? ''}
        onChange={onChange}
      >
        {usable.length > 0 && (
          <div className={styles.rows}>
            {shown.map(platform => (
              <div
                key={platform.ref}
                className={styles.row}
                data-selected={platform.ref === formData}
              >
                <Radio value={platform.ref}>
                  <PlatformWords platform={platform} />
                </Radio>
              </div>
            ))}
          </div>
        )}
      </RadioGroup>
      {usable.length === 0 && (
        <p className={styles.help} role="alert">
          {platforms.length
            ? 'You may not create components on any platform. Who may on which stands below.'
            : 'The catalog has no platform yet: platform engineering adds a System of type "platform".'}
        </p>
      )}
      {refusal && !props.rawErrors?.includes(refusal) && (
        <p className={`${styles.help} ${styles.bad}`} role="alert">
          {refusal}
        </p>
      )}
      {others.length > 0 && (
        <details className={styles.folded} open={usable.length === 0}>
          <summary>
            {others.length === 1
              ? '1 platform that you cannot use'
              : `${others.length} platforms that you cannot use`}
          </summary>
          <div className={styles.rows}>
            {others.map(platform => (
              <div key={platform.ref} className={styles.row}>
                <PlatformWords platform={platform} />
              </div>
            ))}
          </div>
        </details>
      )}
    </div>
  );
}

/**
 * Why a platform cannot be chosen, as a sentence; undefined when it can.
 *
 * @param platforms - as {@link forRuntimes} has them for the template
 */
export function refusalOfPlatform(
  platforms: FormPlatform[],
  ref: string,
): string | undefined {
  const chosen = platforms.find(platform => platform.ref === ref);
  if (!chosen) {
    return `There is no platform ${shorten(
      ref,
    )} in the catalog. Choose another one.`;
  }
  return chosen.unusable
    ? `You cannot use ${chosen.title}: ${chosen.unusable}`
    : undefined;
}

function PlatformWords({ platform }: { platform: FormPlatform }) {
  const regions = regionsOf(platform).join(', ');
  return (
    <span className={styles.words}>
      <span className={styles.name}>{platform.title}</span>
      <span className={styles.detail}>
        {[
          platform.mine ? `${platform.owner} (you)` : platform.owner,
          runtimesOf(platform)
            .map(runtime => runtime.toUpperCase())
            .join(' and '),
          regions,
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
      {platform.unusable && (
        <span className={`${styles.detail} ${styles.alone}`}>
          {platform.unusable}
        </span>
      )}
    </span>
  );
}

/** The platforms, as far as a template can use them. */
export function forRuntimes(
  platforms: FormPlatform[],
  runtimes?: PlatformPickerOptions['runtimes'],
): FormPlatform[] {
  if (!runtimes?.length) return platforms;
  const wanted = runtimes.map(name => name.toUpperCase()).join(' or ');
  return platforms.map(platform => {
    const others = runtimesOf(platform).filter(
      runtime => !runtimes.some(name => name === runtime),
    );
    return platform.unusable || others.length === 0
      ? platform
      : {
          ...platform,
          unusable: `It runs on ${others
            .map(name => name.toUpperCase())
            .join(
              ' and ',
            )}; this template is for ${wanted}. Look for another template.`,
        };
  });
}

function matches({ title, owner, ref }: FormPlatform, query: string): boolean {
  const text = `${title} ${owner} ${ref}`.toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}

function shorten(text: unknown): string {
  return JSON.stringify(String(text).slice(0, 80));
}
