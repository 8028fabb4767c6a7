import { useState } from 'react';
import { Button, Select } from '@backstage/ui';
import {
  ComponentDelivery,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import { useUrlState } from '../../hooks/useUrlState';
import { refName } from '../../model/refs';
import { authorName, shortRevision } from '../../model/release';
import { isSafeUrl } from '../../model/safeUrl';
import { LinksAround } from '../Links';
import { ReleaseLabel } from '../ReleaseLabel';
import { When } from '../When';
import styles from './Delivery.module.css';

const FIRST = 15;

/** The commit of the desired state, leading to it where it has a page. */
function Revision({ entry }: { entry: ComponentDelivery['history'][number] }) {
  const { revision, revisionUrl } = entry;
  if (!revision) return null;
  const sha = <code>{shortRevision(revision)}</code>;
  return (
    <>
      {revisionUrl && isSafeUrl(revisionUrl) ? (
        <a href={revisionUrl} target="_blank" rel="noreferrer">
          {sha}
        </a>
      ) : (
        sha
      )}
      {(entry.author || entry.message) && ' · '}
    </>
  );
}

/** What was deployed where and when, newest first; the filter is in the address. */
export function HistoryTimeline(props: {
  componentRef: string;
  history: ComponentDelivery['history'];
  environments: EnvironmentSummary[];
}) {
  const { componentRef, history, environments } = props;
  const [params, setUrl] = useUrlState();
  const [limit, setLimit] = useState(FIRST);
  const only = params.get('in') ?? 'all';
  const nameOf = (ref: string) =>
    environments.find(e => e.ref === ref)?.shortName ?? refName(ref);
  const inUse = [...new Set(history.map(entry => entry.environmentRef))];
  const shown = history.filter(
    entry => only === 'all' || nameOf(entry.environmentRef) === only,
  );
  if (history.length === 0) {
    return (
      <p className={styles.none}>
        No deployment is on record yet. The first sync in Argo CD appears here.
      </p>
    );
  }
  return (
    <>
      <Select
        aria-label="Environment of the history"
        size="small"
        className={styles.historyFilter}
        options={[
          { id: 'all', label: 'All environments' },
          ...inUse.map(ref => ({ id: nameOf(ref), label: nameOf(ref) })),
        ]}
        value={only}
        onChange={key =>
          setUrl({ in: key === 'all' ? undefined : String(key) }, 'push')
        }
      />
      <ol className={styles.history} aria-label="Deployments">
        {shown.slice(0, limit).map(entry => (
          <li
            key={`${entry.environmentRef} ${entry.at} ${entry.revision}`}
            className={styles.entry}
          >
            <When at={entry.at} className={styles.entryTime} />
            <span className={styles.entryEnvironment}>
              {nameOf(entry.environmentRef)}
            </span>
            <span className={styles.entryText}>
              {entry.release && <ReleaseLabel release={entry.release} />}
              <span className={styles.none}>
                <Revision entry={entry} />
                {[
                  entry.author && `by ${authorName(entry.author)}`,
                  entry.message?.split('\n')[0],
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              <LinksAround
                componentRef={componentRef}
                environmentRef={entry.environmentRef}
                at={entry.at}
              />
            </span>
          </li>
        ))}
      </ol>
      {shown.length > limit && (
        <Button
          variant="tertiary"
          size="small"
          onPress={() => setLimit(limit + 50)}
        >
          {`Show ${Math.min(50, shown.length - limit)} more`}
        </Button>
      )}
    </>
  );
}
