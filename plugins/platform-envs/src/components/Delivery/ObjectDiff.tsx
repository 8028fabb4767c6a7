import { ObjectComparison } from '@fairway/plugin-platform-envs-common';
import { DiffLine, readDiff, sideBySide } from '../../model/comparison';
import type { SideNames } from './ComparePanel';
import styles from './Compare.module.css';

const SIGNS: Record<DiffLine['kind'], string> = {
  context: ' ',
  removed: '−',
  added: '+',
  hunk: '',
};

const WORDS: Partial<Record<DiffLine['kind'], keyof SideNames>> = {
  removed: 'from',
  added: 'to',
};

function Line(props: { line?: DiffLine; number?: number; names: SideNames }) {
  const { line, number, names } = props;
  if (!line) return <td colSpan={3} className={styles.nothing} />;
  if (line.kind === 'hunk') {
    return (
      <td colSpan={3} className={styles.hunk}>
        …
      </td>
    );
  }
  const side = WORDS[line.kind];
  return (
    <>
      <td className={styles.number}>{number}</td>
      <td
        className={`${styles.sign} ${styles[line.kind]}`}
        aria-label={side && `in ${names[side]}`}
      >
        {SIGNS[line.kind]}
      </td>
      <td className={styles[line.kind]}>
        <code>{line.text}</code>
      </td>
    </>
  );
}

/** The lines in which one object differs: one under the other, or side by side. */
export function ObjectDiff(props: {
  object: ObjectComparison;
  isSplit: boolean;
  names: SideNames;
}) {
  const { object, isSplit, names } = props;
  const lines = readDiff(object.diff ?? '');
  return (
    <div className={styles.scroll}>
      <table
        className={`${styles.diff} ${isSplit ? styles.split : ''}`}
        aria-label={`Differences of ${object.kind} ${object.name}`}
      >
        {isSplit && (
          <thead>
            <tr>
              <th scope="col" colSpan={3}>
                {names.from}
              </th>
              <th scope="col" colSpan={3}>
                {names.to}
              </th>
            </tr>
          </thead>
        )}
        <tbody>
          {isSplit
            ? sideBySide(lines).map(({ left, right }, i) => (
                <tr key={i}>
                  <Line line={left} number={left?.before} names={names} />
                  <Line line={right} number={right?.after} names={names} />
                </tr>
              ))
            : lines.map((line, i) => (
                <tr key={i}>
                  <Line
                    line={line}
                    number={line.after ?? line.before}
                    names={names}
                  />
                </tr>
              ))}
        </tbody>
      </table>
    </div>
  );
}
