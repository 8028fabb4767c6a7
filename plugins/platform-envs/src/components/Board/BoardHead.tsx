import { CSSProperties, memo } from 'react';
import { RiArrowDownSLine, RiArrowRightSLine } from '@remixicon/react';
import { OverviewEnvironment } from '@fairway/plugin-platform-envs-common';
import { BoardLink } from './BoardLink';
import { BoardGroup } from './boardModel';
import styles from './Board.module.css';

function describeRegions(environment: OverviewEnvironment): string {
  const [first, ...rest] = environment.regions;
  if (!first) return environment.runtime;
  return [
    first.name,
    ...rest.map(r => r.name.replace(/^.*-(?=\d+$)/, '')),
  ].join(' → ');
}

function describePolicy(environment: OverviewEnvironment): string {
  const { policy, minApprovals } = environment.delivery;
  if (policy !== 'gated') return policy;
  return minApprovals > 1 ? `gated by ${minApprovals}` : 'gated';
}

/** Props of {@link BoardHead}. */
export interface BoardHeadProps {
  group: BoardGroup;
  isFolded: boolean;
  rowIndex: number;
  /** The column of this line that Tab leads to, when it stands on this line. */
  activeColumn?: number;
  /** It stays at the top while its rows pass under it. */
  isSticky: boolean;
  /** Where the line stands, pixels from the top. */
  top: number;
  onToggle: (systemRef: string) => void;
}

/** The head of a platform: its name, and its environments as columns. */
export const BoardHead = memo((props: BoardHeadProps) => {
  const { group, isFolded, rowIndex, activeColumn, isSticky, top } = props;
  const { onToggle } = props;
  const Arrow = isFolded ? RiArrowRightSLine : RiArrowDownSLine;
  const count = group.rows.length;
  return (
    <div
      role="row"
      aria-rowindex={rowIndex}
      data-line={`head ${group.systemRef}`}
      className={`${styles.line} ${styles.head} ${
        isSticky ? styles.sticky : ''
      }`}
      style={
        {
          '--board-columns': group.environments.length,
          transform: isSticky ? undefined : `translateY(${top}px)`,
        } as CSSProperties
      }
    >
      <div role="columnheader" aria-colindex={1} className={styles.groupName}>
        <button
          type="button"
          data-column={0}
          tabIndex={activeColumn === 0 ? 0 : -1}
          className={styles.toggle}
          aria-expanded={!isFolded}
          onClick={() => onToggle(group.systemRef)}
        >
          <Arrow size={16} aria-hidden />
          <span className={styles.groupTitle}>{group.name}</span>
        </button>
        <span className={styles.count}>
          {count} {count === 1 ? 'service' : 'services'}
          {group.attention > 0 && ` · ${group.attention} to look at`}
        </span>
      </div>
      {group.environments.map((environment, i) => {
        const policy = `${describePolicy(environment)} · ${describeRegions(
          environment,
        )}`;
        return (
          <div
            role="columnheader"
            aria-colindex={i + 2}
            key={environment.ref}
            className={styles.environment}
          >
            <BoardLink
              entityRef={environment.ref}
              column={i + 1}
              isActive={activeColumn === i + 1}
            >
              {environment.shortName}
            </BoardLink>
            <span className={styles.environmentSub} title={policy}>
              {policy}
            </span>
          </div>
        );
      })}
    </div>
  );
});
BoardHead.displayName = 'BoardHead';
