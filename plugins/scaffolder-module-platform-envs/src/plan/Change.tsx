import { PlannedChange } from '@fairway/plugin-platform-envs-common';
import {
  RiAddLine,
  RiDeleteBinLine,
  RiEqualLine,
  RiPencilLine,
} from '@remixicon/react';
import styles from './plan.module.css';

const WORDS = {
  create: { word: 'new', Icon: RiAddLine },
  update: { word: 'changes', Icon: RiPencilLine },
  keep: { word: 'stays', Icon: RiEqualLine },
  remove: { word: 'goes', Icon: RiDeleteBinLine },
} as const;

/** What becomes of a thing: a word, a shape and a colour. */
export function Change({ change }: { change: PlannedChange }) {
  const { word, Icon } = WORDS[change];
  return (
    <span className={styles.change} data-change={change}>
      <Icon size={12} aria-hidden />
      {word}
    </span>
  );
}
