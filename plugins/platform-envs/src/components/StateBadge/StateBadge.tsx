import {
  RiAlertFill,
  RiCheckboxBlankCircleLine,
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiLoader4Line,
  RiQuestionLine,
} from '@remixicon/react';
import { StateWord, Tone } from '../../model/vocabulary';
import { useIsOld } from './OldValues';
import styles from './StateBadge.module.css';

const SHAPES: Record<Tone, typeof RiAlertFill> = {
  good: RiCheckboxCircleFill,
  busy: RiLoader4Line,
  warn: RiAlertFill,
  bad: RiCloseCircleFill,
  idle: RiCheckboxBlankCircleLine,
  unknown: RiQuestionLine,
};

/** Props of {@link StateBadge}. */
export interface StateBadgeProps {
  state: StateWord;
  /** `plain` is a word in a row, `pill` stands alone, `dot` leaves the word to hover and screen readers. */
  variant?: 'plain' | 'pill' | 'dot';
  /** Says more than the word, e.g. "2 of 3 approvals". */
  children?: React.ReactNode;
  /** Full name for `dot`, e.g. "prod: Degraded". */
  label?: string;
}

/** A state as a word, a shape and a colour: one look for every screen. */
export function StateBadge(props: StateBadgeProps) {
  const { state, variant = 'plain', children, label } = props;
  const isOld = useIsOld();
  const Shape = SHAPES[state.tone];
  // what was well is not well for sure
  const tone = isOld && state.tone === 'good' ? 'unknown' : state.tone;
  const className = `${styles.badge} ${styles[tone]} ${styles[variant]}`;
  if (variant === 'dot') {
    const name = `${label ?? state.word}${isOld ? ', stale' : ''}`;
    return (
      <span className={className} role="img" aria-label={name} title={name}>
        <Shape size={14} aria-hidden />
      </span>
    );
  }
  return (
    <span className={className} data-tone={tone}>
      <Shape size={14} aria-hidden className={styles.shape} />
      <span>{children ?? state.word}</span>
    </span>
  );
}
