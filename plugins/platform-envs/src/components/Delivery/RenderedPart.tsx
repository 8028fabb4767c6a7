import { ToggleButton, ToggleButtonGroup } from '@backstage/ui';
import {
  ObjectComparison,
  RenderedComparison,
} from '@fairway/plugin-platform-envs-common';
import { useUrlState } from '../../hooks/useUrlState';
import { ObjectDiff } from './ObjectDiff';
import type { SideNames } from './ComparePanel';
import styles from './Compare.module.css';

function stateWord(object: ObjectComparison, names: SideNames): string {
  switch (object.state) {
    case 'onlyFrom':
      return `only ${names.from}`;
    case 'onlyTo':
      return `only ${names.to}`;
    case 'same':
      return 'the same';
    default:
      return 'differs';
  }
}

/** What would be applied on both sides, object by object; the choice of layout is in the address. */
export function RenderedPart(props: {
  rendered: RenderedComparison;
  names: SideNames;
}) {
  const { rendered, names } = props;
  const [params, setUrl] = useUrlState();
  const isSplit = params.get('diff') === 'split';
  const different = rendered.objects.filter(o => o.state !== 'same');
  const same = rendered.objects.filter(o => o.state === 'same');
  return (
    <>
      <div className={styles.tools}>
        <span className={styles.quiet}>
          {different.length === 0
            ? 'No object differs.'
            : `${different.length} of ${rendered.objects.length} objects differ.`}
          {rendered.setAside.length > 0 &&
            ` Set aside: ${rendered.setAside.join(', ')}.`}
        </span>
        {different.length > 0 && (
          <ToggleButtonGroup
            aria-label="Layout of differences"
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[isSplit ? 'split' : 'unified']}
            onSelectionChange={keys =>
              setUrl({ diff: keys.has('split') ? 'split' : undefined })
            }
          >
            <ToggleButton id="unified" size="small">
              Unified
            </ToggleButton>
            <ToggleButton id="split" size="small">
              Side by side
            </ToggleButton>
          </ToggleButtonGroup>
        )}
      </div>
      {different.map(object => (
        <details
          key={`${object.group}/${object.kind}/${object.name}`}
          className={styles.object}
          open
        >
          <summary>
            <span className={styles.objectName}>
              {object.kind} {object.name}
            </span>
            <span className={styles.quiet}>
              {stateWord(object, names)}
              {object.masked && ' · values hidden'}
            </span>
          </summary>
          <ObjectDiff object={object} isSplit={isSplit} names={names} />
        </details>
      ))}
      {same.length > 0 && (
        <p className={styles.quiet}>
          The same: {same.map(o => `${o.kind} ${o.name}`).join(', ')}
        </p>
      )}
    </>
  );
}
