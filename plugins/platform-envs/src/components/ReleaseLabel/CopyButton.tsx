import { useEffect, useState } from 'react';
import { RiCheckLine, RiFileCopyLine } from '@remixicon/react';
import styles from './ReleaseLabel.module.css';

/** Copies a text; says so for two seconds. */
export function CopyButton(props: { text: string; what: string }) {
  const { text, what } = props;
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className={styles.copy}
      aria-label={copied ? `Copied ${what}` : `Copy ${what}`}
      title={copied ? 'Copied' : `Copy ${what}`}
      onClick={() => {
        window.navigator.clipboard?.writeText(text).then(
          () => setCopied(true),
          () => setCopied(false),
        );
      }}
    >
      {copied ? (
        <RiCheckLine size={14} aria-hidden />
      ) : (
        <RiFileCopyLine size={14} aria-hidden />
      )}
    </button>
  );
}
