import { parseEntityRef } from '@backstage/catalog-model';
import { Link, MarkdownContent } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { ScaffolderTaskOutput } from '@backstage/plugin-scaffolder-react';
import { Text } from '@backstage/ui';
import { RiArrowRightLine, RiExternalLinkLine } from '@remixicon/react';
import styles from './RunPage.module.css';

/** What a run has made: the sentences of its template, and where to go next. */
export function Result({ output }: { output: ScaffolderTaskOutput }) {
  const entityPath = useRouteRef(entityRouteRef);
  const texts = (output.text ?? []).filter(({ content }) => content);
  const links = (output.links ?? []).flatMap(({ title, url, entityRef }) => {
    const to = entityRef ? entityPath?.(parseEntityRef(entityRef)) : url;
    return to ? [{ to, title: title ?? to }] : [];
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
            {links.map(({ to, title }) => (
              <li key={`${title} ${to}`}>
                <Link to={to} className={styles.next}>
                  <span>{title}</span>
                  {/^https?:/.test(to) ? (
                    <RiExternalLinkLine size={16} aria-hidden />
                  ) : (
                    <RiArrowRightLine size={16} aria-hidden />
                  )}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </div>
  );
}
