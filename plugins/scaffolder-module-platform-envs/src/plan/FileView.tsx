import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { Button } from '@backstage/ui';
import { useEffect, useRef, useState } from 'react';
import { asSentence } from './asSentence';
import { Change } from './Change';
import styles from './plan.module.css';

/** The text of a file, as it would be written; scrolls by itself. */
export function FileView(props: { file?: PlannedThing; id: string }) {
  const { file, id } = props;
  const ref = useRef<HTMLDivElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    // On a small screen the text stands below the tree.
    if (!isFirst.current) {
      ref.current?.scrollIntoView?.({ block: 'nearest' });
    }
    isFirst.current = false;
  }, [file]);
  return (
    <div id={id} ref={ref} className={styles.view}>
      {file ? (
        <>
          <div className={styles.viewHead}>
            <h4>{file.name}</h4>
            <Change change={file.change} />
            {file.executable && <span>executable</span>}
            {file.content !== undefined && <Copy text={file.content} />}
          </div>
          {file.note && <p className={styles.note}>{asSentence(file.note)}</p>}
          {file.content !== undefined && (
            <pre
              // What scrolls must be reachable by keyboard.
              // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
              tabIndex={0}
              role="region"
              aria-label={`Content of ${file.name}`}
            >
              {file.content || '(empty)'}
            </pre>
          )}
        </>
      ) : (
        <p className={styles.note}>Choose a file to see what is in it.</p>
      )}
    </div>
  );
}

function Copy({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => setCopied(false), [text]);
  return (
    <Button
      size="small"
      variant="tertiary"
      onPress={async () => {
        await window.navigator.clipboard?.writeText(text);
        setCopied(true);
      }}
    >
      {copied ? 'Copied' : 'Copy'}
    </Button>
  );
}
