import { parseEntityRef } from '@backstage/catalog-model';
import { Link, MarkdownContent } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { ScaffolderTaskOutput } from '@backstage/plugin-scaffolder-react';
import { Text } from '@backstage/ui';
import {
  RiArrowRightLine,
  RiExternalLinkLine,
  RiTimeLine,
} from '@remixicon/react';
import styles from './RunPage.module.css';
import { useInCatalog } from './useInCatalog';

/**
 * What a run has made: the sentences of its template, and where to go next. What
 * the catalog does not have yet cannot be opened, and says so until it can.
 */
export function Result({ output }: { output: ScaffolderTaskOutput }) {
  const entityPath = useRouteRef(entityRouteRef);
  const texts = (output.text ?? []).filter(({ content }) => content);
  const { found, error } = useInCatalog(
    (output.links ?? []).flatMap(({ entityRef }) => entityRef ?? []),
  );
  const links = (output.links ?? []).flatMap(({ title, url, entityRef }) => {
    const to = entityRef ? entityPath?.(parseEntityRef(entityRef)) : url;
    const isThere = !entityRef || Boolean(error) || found?.has(entityRef);
    return to ? [{ to, title: title ?? to, isThere }] : [];
  });
  if (!texts.length && !links.length) return null;
  return (
    <div className={styles.result}>
      {texts.map(({ title, content }, i) => (
        <section key={i} className={styles.resultText}>
          {title && (
            <Text as="h2" variant="title-x-small">
              {title}
            </Text>
          )}
          <MarkdownContent content={content!} />
        </section>
      ))}
      {links.length > 0 && (
        <nav aria-label="Next">
          <ul className={styles.links}>
            {links.map(({ to, title, isThere }) => (
              <li key={`${title} ${to}`}>
                {isThere ? (
                  <Link to={to} className={styles.next}>
                    <span>{title}</span>
                    {/^https?:/.test(to) ? (
                      <RiExternalLinkLine size={16} aria-hidden />
                    ) : (
                      <RiArrowRightLine size={16} aria-hidden />
                    )}
                  </Link>
                ) : (
                  <NotThere title={title} isKnown={Boolean(found)} />
                )}
              </li>
            ))}
          </ul>
        </nav>
      )}
    </div>
  );
}

function NotThere({ title, isKnown }: { title: string; isKnown: boolean }) {
  return (
    <div className={`${styles.next} ${styles.notThere}`} role="status">
      <span>
        {title}
        <span className={styles.notThereNote}>
          {isKnown
            ? 'Not in the catalog yet. This becomes a link once it is: in a moment, or about a minute after its pull request is merged.'
            : 'Looking whether the catalog has it…'}
        </span>
      </span>
      <RiTimeLine size={16} aria-hidden />
    </div>
  );
}
