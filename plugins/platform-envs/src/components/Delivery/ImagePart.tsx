import {
  ImageComparison,
  Reading,
  Release,
} from '@fairway/plugin-platform-envs-common';
import { shortRevision } from '../../model/release';
import { CopyButton } from '../ReleaseLabel';
import type { SideNames } from './ComparePanel';
import styles from './Compare.module.css';

const ROWS: Array<{ title: string; of: (release: Release) => string }> = [
  { title: 'Image', of: r => r.image },
  { title: 'Version', of: r => r.version ?? '' },
  { title: 'Digest', of: r => r.digest ?? '' },
  { title: 'Commit', of: r => (r.revision ? shortRevision(r.revision) : '') },
];

function Value(props: { reading: Reading<Release>; text: string }) {
  const { reading, text } = props;
  if (reading.status !== 'ok') {
    return <span className={styles.quiet}>{reading.reason}</span>;
  }
  if (!text) return <span className={styles.quiet}>not known</span>;
  return (
    <>
      <code>{text}</code>
      <CopyButton text={text} what="value" />
    </>
  );
}

/** The image on both sides, fact by fact. */
export function ImagePart(props: { image: ImageComparison; names: SideNames }) {
  const { image, names } = props;
  const { from, to, same } = image;
  const textOf = (reading: Reading<Release>, row: (typeof ROWS)[number]) =>
    reading.status === 'ok' ? row.of(reading.value) : '';
  return (
    <>
      <p className={styles.quiet}>
        {same === undefined &&
          'Whether it is the same image cannot be told: a digest is missing.'}
        {same === true && 'It is the same image.'}
        {same === false && 'They are different images.'}
      </p>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">
                <span className={styles.hidden}>Fact</span>
              </th>
              <th scope="col">{names.from}</th>
              <th scope="col">{names.to}</th>
            </tr>
          </thead>
          <tbody>
            {ROWS.map(row => {
              const [a, b] = [textOf(from, row), textOf(to, row)];
              return (
                <tr key={row.title} data-differs={a !== b || undefined}>
                  <th scope="row">{row.title}</th>
                  <td>
                    <Value reading={from} text={a} />
                  </td>
                  <td>
                    <Value reading={to} text={b} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}
