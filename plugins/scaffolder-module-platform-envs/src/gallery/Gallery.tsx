import { Content, Link } from '@backstage/core-components';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import {
  Alert,
  Button,
  SearchField,
  Skeleton,
  Text,
  ToggleButton,
} from '@backstage/ui';
import { RiCheckLine } from '@remixicon/react';
import { useSearchParams } from 'react-router-dom';
import styles from './Gallery.module.css';
import { filterTemplates, GalleryTemplate, groupByKind } from './readTemplate';
import { StackMark } from './StackMark';
import { useTemplates } from './useTemplates';

/**
 * The templates, by kind. What is searched for and which tags are chosen stands
 * in the address.
 */
export function Gallery() {
  const { data, error, refetch } = useTemplates();
  const [params, setParams] = useSearchParams();
  const query = params.get('q') ?? '';
  const tags = params.getAll('tag');

  const show = (next: { query?: string; tags?: string[] }) =>
    setParams(
      new URLSearchParams([
        ...(next.query ?? query ? [['q', next.query ?? query]] : []),
        ...(next.tags ?? tags).map(tag => ['tag', tag]),
      ]),
      { replace: true },
    );

  if (error) {
    return (
      <Content>
        <div role="alert">
          <Alert
            status="danger"
            icon
            title="The templates could not be read"
            description={error.message}
            customActions={
              <Button variant="secondary" onPress={() => refetch()}>
                Try again
              </Button>
            }
          />
        </div>
      </Content>
    );
  }
  const shown = data && filterTemplates(data, { query, tags });
  return (
    <Content>
      <div className={styles.head}>
        <Text as="h1" variant="title-medium">
          Start something
        </Text>
        <div className={styles.search}>
          <SearchField
            aria-label="Search templates"
            placeholder="Search templates"
            value={query}
            onChange={next => show({ query: next })}
          />
        </div>
      </div>
      {data && (
        <div role="group" aria-label="Tags" className={styles.tags}>
          {tagsOf(data, tags).map(tag => (
            <ToggleButton
              key={tag}
              size="small"
              isSelected={tags.includes(tag)}
              onChange={on =>
                show({
                  tags: on ? [...tags, tag] : tags.filter(one => one !== tag),
                })
              }
            >
              {tag}
            </ToggleButton>
          ))}
        </div>
      )}
      {!shown && (
        <div
          className={styles.cards}
          aria-busy="true"
          aria-label="The templates are being read"
        >
          {[1, 2, 3].map(i => (
            <Skeleton key={i} width="100%" height={190} />
          ))}
        </div>
      )}
      {data && data.length === 0 && (
        <Text as="p">
          There is no template yet. Platform engineering adds them to the
          catalog as entities of kind Template.
        </Text>
      )}
      {data && data.length > 0 && shown!.length === 0 && (
        <div role="status">
          <Text as="p">
            None of {data.length} templates {data.length === 1 ? 'fits' : 'fit'}
            .
          </Text>
          <Button
            variant="secondary"
            onPress={() => show({ query: '', tags: [] })}
          >
            Show all
          </Button>
        </div>
      )}
      {shown &&
        groupByKind(shown).map(({ type, title, templates }) => (
          <section key={type} aria-label={title} className={styles.kind}>
            <Text as="h2" variant="title-x-small">
              {title}
            </Text>
            <ul className={styles.cards}>
              {templates.map(template => (
                <TemplateCard key={template.ref} template={template} />
              ))}
            </ul>
          </section>
        ))}
    </Content>
  );
}

function TemplateCard({ template }: { template: GalleryTemplate }) {
  const { namespace, name, title, description, gives, ownerRef, tags } =
    template;
  return (
    <li className={styles.card}>
      <div className={styles.title}>
        <StackMark template={template} />
        <h3>
          <Link to={`${namespace}/${name}`} className={styles.link}>
            {title}
          </Link>
        </h3>
        {tags.includes('recommended') && (
          <span className={styles.badge}>recommended</span>
        )}
      </div>
      <p className={styles.text}>{description}</p>
      {gives.length > 0 && (
        <ul className={styles.gives} aria-label="What you get">
          {gives.map(what => (
            <li key={what}>
              <RiCheckLine size={14} aria-hidden /> {what}
            </li>
          ))}
        </ul>
      )}
      <p className={styles.foot}>
        {ownerRef && (
          <span className={styles.owner}>
            by <EntityRefLink entityRef={ownerRef} defaultKind="group" />
          </span>
        )}
        <span>{tags.filter(tag => tag !== 'recommended').join(' · ')}</span>
      </p>
    </li>
  );
}

/** Tags of all templates by how many have them; a chosen one stays though none has it. */
function tagsOf(templates: GalleryTemplate[], chosen: string[]): string[] {
  const counts = new Map<string, number>(chosen.map(tag => [tag, 0]));
  for (const tag of templates.flatMap(({ tags }) => tags)) {
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
    .map(([tag]) => tag);
}
