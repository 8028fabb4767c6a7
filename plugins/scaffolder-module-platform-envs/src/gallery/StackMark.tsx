import {
  RiBookOpenLine,
  RiDatabase2Line,
  RiFileList3Line,
  RiLinksLine,
  RiNextjsLine,
  RiReactjsLine,
  RiServerLine,
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
  if (type === 'library') return <RiBookOpenLine size={20} />;
  if (type === 'registration') return <RiLinksLine size={20} />;
  const letters = LETTERS.filter(([tag]) => tags.includes(tag));
  // one that lets people choose between languages stands for none of them
  if (tags.includes('go') && tags.includes('typescript')) {
    return <RiServerLine size={20} />;
  }
  if (letters.length > 0) return letters[0][1];
  return <RiFileList3Line size={20} />;
}
