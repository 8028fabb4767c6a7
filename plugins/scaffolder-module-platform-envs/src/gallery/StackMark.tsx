import {
  RiBookOpenLine,
  RiDatabase2Line,
  RiFileList3Line,
  RiLinksLine,
  RiNextjsLine,
  RiReactjsLine,
} from '@remixicon/react';
import { GalleryTemplate } from './readTemplate';
import styles from './Gallery.module.css';

/** How people write a stack where there is room for two letters. */
const LETTERS: Array<[tag: string, letters: string]> = [
  ['go', 'Go'],
  ['rust', 'Rs'],
  ['python', 'Py'],
  ['fastapi', 'Py'],
  ['graphql', 'GQ'],
  ['typescript', 'TS'],
  ['java', 'Ja'],
  ['node', 'JS'],
];

/** A sign for the stack of a template; it says nothing that words beside it do not. */
export function StackMark({ template }: { template: GalleryTemplate }) {
  const { tags, type } = template;
  return (
    <span className={styles.mark} aria-hidden>
      {signOf(tags, type)}
    </span>
  );
}

function signOf(tags: string[], type: string) {
  if (tags.some(tag => /^(postgres|database|aurora)/.test(tag))) {
    return <RiDatabase2Line size={20} />;
  }
  if (tags.includes('nextjs')) return <RiNextjsLine size={20} />;
  if (tags.includes('react')) return <RiReactjsLine size={20} />;
  const letters = LETTERS.find(([tag]) => tags.includes(tag))?.[1];
  if (letters) return letters;
  if (tags.includes('register')) return <RiLinksLine size={20} />;
  if (type === 'library') return <RiBookOpenLine size={20} />;
  return <RiFileList3Line size={20} />;
}
