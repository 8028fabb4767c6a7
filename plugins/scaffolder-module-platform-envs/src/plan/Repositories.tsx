import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { Link } from '@backstage/core-components';
import { useId, useState } from 'react';
import { Change } from './Change';
import { FileTree } from './FileTree';
import { FileView } from './FileView';
import styles from './plan.module.css';
import { Properties } from './Properties';

/**
 * What would be written where: each repository with its commit or pull request
 * and its files.
 */
export function Repositories({ things }: { things: PlannedThing[] }) {
  const places = [
    ...new Set(
      things.flatMap(({ kind, where }) =>
        kind === 'file' || kind === 'commit' || kind === 'pullRequest'
          ? [where]
          : [],
      ),
    ),
  ];
  return (
    <>
      {places.map(where => (
        <Place key={where} where={where} things={things} />
      ))}
    </>
  );
}

function Place({ where, things }: { where: string; things: PlannedThing[] }) {
  const viewId = useId();
  const files = things.filter(
    thing => thing.kind === 'file' && thing.where === where,
  );
  const [shownName, setShownName] = useState<string>();
  const shown =
    files.find(({ name }) => name === shownName) ??
    files.find(({ name }) => name === 'README.md') ??
    files[0];
  const [slug, branch] = where.split('@');
  const repository = things.find(
    ({ kind, name }) => kind === 'repository' && name === slug,
  );
  const writes = things.filter(
    thing =>
      (thing.kind === 'commit' || thing.kind === 'pullRequest') &&
      thing.where === where,
  );
  return (
    <section className={styles.place} aria-label={slug}>
      <div className={styles.placeHead}>
        <h4>
          {repository?.url ? <Link to={repository.url}>{slug}</Link> : slug}
        </h4>
        {branch && <span className={styles.branch}>{branch}</span>}
        {repository ? (
          <Change change={repository.change} />
        ) : (
          <span className={styles.count}>is there</span>
        )}
        <span className={styles.count}>{countFiles(files)}</span>
      </div>
      {repository?.properties && (
        <Properties properties={repository.properties} />
      )}
      {writes.map(write => (
        <p key={write.name} className={styles.write}>
          {write.kind === 'commit' ? 'One commit' : 'One pull request'}: “
          {write.name}”{write.note && ` (${write.note})`}
        </p>
      ))}
      {files.length > 0 && (
        <div className={styles.files}>
          <FileTree
            files={files}
            shown={shown}
            onShow={file => setShownName(file.name)}
            label={`Files of ${slug}`}
            viewId={viewId}
          />
          <FileView file={shown} id={viewId} />
        </div>
      )}
    </section>
  );
}

const COUNTED = [
  ['create', 'new'],
  ['update', 'changed'],
  ['keep', 'kept'],
  ['remove', 'removed'],
] as const;

function countFiles(files: PlannedThing[]): string {
  const counts = COUNTED.flatMap(([change, word]) => {
    const count = files.filter(file => file.change === change).length;
    return count ? [`${count} ${word}`] : [];
  });
  return `${files.length === 1 ? 'file' : 'files'}: ${counts.join(', ')}`;
}
