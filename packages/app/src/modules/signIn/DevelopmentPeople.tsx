import { parseEntityRef } from '@backstage/catalog-model';
import { LogoMark } from '../nav/Logo';
import styles from './DevelopmentPeople.module.css';

const ROLES: Array<{ title: string; matches: RegExp; does: string }> = [
  {
    title: 'Developers',
    matches: /-developer$/,
    does: 'start services, ask for promotions',
  },
  {
    title: 'Leads',
    matches: /-lead$/,
    does: 'approve what goes to production',
  },
  {
    title: 'Everybody else',
    matches: /./,
    does: 'the platform team, on call, and a person of no team',
  },
];

/**
 * The people of the seed catalog, to be signed in as without a password. Only
 * shown where the backend offers development sign-in.
 */
export const DevelopmentPeople = (props: {
  people: string[];
  onChoose: (userRef: string) => void;
}) => {
  const left = [...props.people];
  const groups = ROLES.map(role => {
    const members = left.filter(ref => role.matches.test(ref));
    members.forEach(ref => left.splice(left.indexOf(ref), 1));
    return { ...role, members };
  }).filter(group => group.members.length);

  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <header className={styles.header}>
          <LogoMark size={44} />
          <div>
            <h1 className={styles.title}>Fairway</h1>
            <p className={styles.subtitle}>
              Choose whom to sign in as. No password: this portal runs on a
              sandbox on your own machine.
            </p>
          </div>
        </header>
        {groups.map(group => (
          <section key={group.title} className={styles.group}>
            <h2 className={styles.groupTitle}>
              {group.title} <span>{group.does}</span>
            </h2>
            <div className={styles.people}>
              {group.members.map(ref => (
                <button
                  key={ref}
                  type="button"
                  className={styles.person}
                  onClick={() => props.onChoose(ref)}
                >
                  {parseEntityRef(ref).name}
                </button>
              ))}
            </div>
          </section>
        ))}
      </div>
    </main>
  );
};
