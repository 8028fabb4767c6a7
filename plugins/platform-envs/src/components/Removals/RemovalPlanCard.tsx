import { Link } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import {
  isOpenRemoval,
  PlannedThing,
  Removal,
} from '@fairway/plugin-platform-envs-common';
import { removalChangeWord, removalKind } from '../../model/removal';
import { isSafeUrl } from '../../model/safeUrl';
import { promotionRouteRef } from '../../routes';
import { Card } from '../Card';
import { RefLink } from '../RefLink';
import { StateBadge } from '../StateBadge';
import styles from './Removals.module.css';

function Warnings({ removal }: { removal: Removal }) {
  const { dependents, foreign, openPromotions } = removal.plan;
  const promotionPath = useRouteRef(promotionRouteRef);
  return (
    <>
      {dependents.length > 0 && (
        <div className={styles.warning} role="note">
          <strong>Something still depends on it.</strong>
          <ul className={styles.list} aria-label="Depends on it">
            {dependents.map(({ entityRef, how }) => (
              <li key={`${entityRef} ${how}`}>
                <RefLink entityRef={entityRef} /> {how}.
              </li>
            ))}
          </ul>
        </div>
      )}
      {foreign.length > 0 && (
        <div className={styles.warning} role="note">
          <strong>Fairway did not make all of it</strong>: {foreign.join(', ')}.
        </div>
      )}
      {openPromotions.length > 0 && (
        <div className={styles.warning} role="note">
          <strong>Promotions are open</strong>, and cannot go on afterwards.
          <ul className={styles.list} aria-label="Open promotions">
            {openPromotions.map(({ id, sentence }) => (
              <li key={id}>
                <Link
                  standalone
                  href={promotionPath?.({ id }) ?? `/promotions/${id}`}
                >
                  {sentence}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function Thing({ thing }: { thing: PlannedThing }) {
  const { kind, name, where, change, note, url } = thing;
  return (
    <li className={styles.thing}>
      <StateBadge state={removalChangeWord(change)} />
      <span>
        {removalKind(kind)}{' '}
        {url && isSafeUrl(url) ? (
          <a
            href={url}
            target="_blank"
            rel="noreferrer"
            className={styles.name}
          >
            {name}
          </a>
        ) : (
          <span className={styles.name}>{name}</span>
        )}
        <span className={styles.note}>
          {where}
          {note && ` · ${note}`}
        </span>
      </span>
    </li>
  );
}

/** All files on one line, to be opened: there are many, and they go together. */
function Files({ files }: { files: PlannedThing[] }) {
  if (files.length === 0) return null;
  return (
    <li className={styles.thing}>
      <StateBadge state={removalChangeWord('remove')} />
      <details>
        <summary>
          Desired state: {files.length} {files.length === 1 ? 'file' : 'files'},
          in one commit
          <span className={styles.note}>{files[0].where}</span>
        </summary>
        <ul className={styles.list} aria-label="Files">
          {files.map(({ name, note }) => (
            <li key={name}>
              <span className={styles.name}>{name}</span>
              {note && <span className={styles.note}>{note}</span>}
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}

/** A plan that was carried out, or came to nothing, is not spoken of as to come. */
function titleOf({ state }: Removal): string {
  if (state === 'DONE') return 'What went, and what stayed';
  return state === 'REJECTED' || state === 'CANCELLED'
    ? 'What would have gone, and what would have stayed'
    : 'What goes, and what stays';
}

/** What would be taken away, what stays, where it runs, and who would miss it. */
export function RemovalPlanCard({ removal }: { removal: Removal }) {
  const { things, places } = removal.plan;
  const isOver = !isOpenRemoval(removal);
  return (
    <Card title={titleOf(removal)} level={3} outlined>
      <Warnings removal={removal} />
      <ul className={styles.list} aria-label="Plan">
        <Files files={things.filter(({ kind }) => kind === 'file')} />
        {things
          .filter(({ kind }) => kind !== 'file')
          .map(thing => (
            <Thing
              key={`${thing.kind} ${thing.where} ${thing.name}`}
              thing={thing}
            />
          ))}
      </ul>
      <h4 className={styles.subheading}>
        {isOver ? 'Where it ran when it was asked for' : 'Where it runs'}
      </h4>
      {places.length === 0 && <p className={styles.quiet}>Nowhere.</p>}
      <ul className={styles.list} aria-label="Where it runs">
        {places.map(place => (
          <li key={place.environmentRef}>
            <RefLink entityRef={place.environmentRef}>
              {place.environmentName}
            </RefLink>{' '}
            {place.version && (
              <span className={styles.name}>{place.version}</span>
            )}{' '}
            <span className={styles.quiet}>
              {place.sentence}
              {place.needsApproval && ' A second person has to agree.'}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
