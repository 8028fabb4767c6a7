import { Release } from '@fairway/plugin-platform-envs-common';
import { releaseName, shortDigest } from '../../model/release';
import { CopyButton } from './CopyButton';
import styles from './ReleaseLabel.module.css';

/** A release as version and shortened digest; the whole digest can be copied. */
export function ReleaseLabel(props: { release: Release; digest?: boolean }) {
  const { release, digest = true } = props;
  const name = releaseName(release);
  if (!name) return <span className={styles.none}>never released</span>;
  return (
    <span className={styles.release}>
      <span className={styles.version}>{name}</span>
      {digest && release.digest && (
        <span className={styles.digest} title={release.digest}>
          {/* without a version, that is its name already */}
          {shortDigest(release.digest) !== name && shortDigest(release.digest)}
          <CopyButton text={release.digest} what="digest" />
        </span>
      )}
    </span>
  );
}
