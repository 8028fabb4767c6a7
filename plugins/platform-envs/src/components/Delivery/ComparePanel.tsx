import {
  Button,
  Select,
  Skeleton,
  Tab,
  TabList,
  TabPanel,
  Tabs,
} from '@backstage/ui';
import { RiArrowLeftRightLine, RiCloseLine } from '@remixicon/react';
import {
  ComponentComparison,
  EnvironmentSummary,
  Reading,
} from '@fairway/plugin-platform-envs-common';
import { ReactNode } from 'react';
import { useComparison } from '../../hooks/useComparison';
import { useUrlState } from '../../hooks/useUrlState';
import { Compared, LIVE, toQuery, writeCompared } from '../../model/comparison';
import { ErrorNotice } from '../ErrorNotice';
import { CommitsPart } from './CommitsPart';
import { ConfigPart } from './ConfigPart';
import { ImagePart } from './ImagePart';
import { RenderedPart } from './RenderedPart';
import styles from './Compare.module.css';

/** Names of both sides, as the parts speak of them. */
export interface SideNames {
  from: string;
  to: string;
}

const VIEWS = ['commits', 'image', 'config', 'rendered'] as const;
type View = (typeof VIEWS)[number];

function isView(text: string | null): text is View {
  return VIEWS.some(view => view === text);
}

/** What a section holds, or why it holds nothing. */
function Section<T>(props: {
  reading: Reading<T>;
  children: (value: T) => ReactNode;
}) {
  const { reading, children } = props;
  if (reading.status === 'ok') return <>{children(reading.value)}</>;
  const reason = reading.reason.replace(/[.\s]*$/, '');
  return (
    <p className={styles.unavailable}>
      Not available: {reason.charAt(0).toLocaleLowerCase()}
      {reason.slice(1)}.
    </p>
  );
}

function countOf(comparison: ComponentComparison, view: View): string {
  const { commits, image, config, rendered } = comparison;
  const counts: Record<View, number | undefined> = {
    commits:
      commits.status === 'ok'
        ? commits.value.totals.onlyFrom + commits.value.totals.onlyTo
        : undefined,
    image: image.same === undefined ? undefined : Number(!image.same),
    config:
      config.status === 'ok' ? config.value.differences.length : undefined,
    rendered:
      rendered.status === 'ok'
        ? rendered.value.objects.filter(o => o.state !== 'same').length
        : undefined,
  };
  const count = counts[view];
  return count === undefined ? '–' : String(count);
}

const TITLES: Record<View, string> = {
  commits: 'Commits',
  image: 'Image',
  config: 'Config',
  rendered: 'Rendered',
};

function Parts(props: {
  comparison: ComponentComparison;
  names: SideNames;
  view: View;
  onView: (view: View) => void;
}) {
  const { comparison, names, view, onView } = props;
  return (
    <Tabs
      selectedKey={view}
      onSelectionChange={key => onView(String(key) as View)}
    >
      <TabList aria-label="What is compared">
        {VIEWS.map(id => (
          <Tab key={id} id={id}>
            {`${TITLES[id]} ${countOf(comparison, id)}`}
          </Tab>
        ))}
      </TabList>
      <TabPanel id="commits" className={styles.panel}>
        <Section reading={comparison.commits}>
          {commits => <CommitsPart commits={commits} names={names} />}
        </Section>
      </TabPanel>
      <TabPanel id="image" className={styles.panel}>
        <ImagePart image={comparison.image} names={names} />
      </TabPanel>
      <TabPanel id="config" className={styles.panel}>
        <Section reading={comparison.config}>
          {config => <ConfigPart config={config} names={names} />}
        </Section>
      </TabPanel>
      <TabPanel id="rendered" className={styles.panel}>
        <Section reading={comparison.rendered}>
          {rendered => <RenderedPart rendered={rendered} names={names} />}
        </Section>
      </TabPanel>
    </Tabs>
  );
}

function Comparison(props: {
  componentRef: string;
  environments: EnvironmentSummary[];
  compared: Compared;
}) {
  const { componentRef, environments, compared } = props;
  const [params, setUrl] = useUrlState();
  const { data, error, refetch } = useComparison(
    componentRef,
    toQuery(compared, environments),
  );
  const asked = params.get('view');
  const fallback = compared.from === LIVE ? 'rendered' : 'commits';
  const names =
    compared.from === LIVE
      ? { from: `${compared.to} as it runs`, to: 'Git' }
      : compared;
  if (!data && error) {
    return (
      <ErrorNotice
        title="The comparison could not be made"
        error={error}
        onRetry={refetch}
      />
    );
  }
  if (!data) {
    return (
      <div role="status" aria-label="Comparing" className={styles.loading}>
        <Skeleton width={320} height={20} />
        <Skeleton width={480} height={14} />
        <Skeleton width={400} height={14} />
      </div>
    );
  }
  return (
    <Parts
      comparison={data}
      names={names}
      view={isView(asked) ? asked : fallback}
      onView={view =>
        setUrl({ view: view === fallback ? undefined : view }, 'push')
      }
    />
  );
}

/** Props of {@link ComparePanel}. */
export interface ComparePanelProps {
  componentRef: string;
  /** In which the component runs, in promotion order. */
  environments: EnvironmentSummary[];
  compared: Compared;
  onChange: (compared: Compared | undefined) => void;
}

/** What differs between two environments, or between Git and what runs; both sides can be chosen. */
export function ComparePanel(props: ComparePanelProps) {
  const { componentRef, environments, compared, onChange } = props;
  const names = environments.map(e => ({
    id: e.shortName,
    label: e.shortName,
  }));
  const { from, to } = compared;
  return (
    <section className={styles.compare} aria-label="Comparison">
      <header className={styles.head}>
        <h2 className={styles.heading}>Compare</h2>
        <Select
          aria-label="Compare"
          size="small"
          className={styles.side}
          options={[...names, { id: LIVE, label: 'what runs' }]}
          value={from}
          onChange={key => {
            const next = String(key);
            const other = environments.find(e => e.shortName !== next);
            onChange({
              from: next,
              to: next === to ? other?.shortName ?? to : to,
            });
          }}
        />
        <span className={styles.with}>
          {from === LIVE ? 'with Git in' : 'with'}
        </span>
        <Select
          aria-label="With"
          size="small"
          className={styles.side}
          options={names.filter(({ id }) => id !== from)}
          value={to}
          onChange={key => onChange({ from, to: String(key) })}
        />
        {from !== LIVE && (
          <Button
            size="small"
            variant="tertiary"
            iconStart={<RiArrowLeftRightLine />}
            onPress={() => onChange({ from: to, to: from })}
          >
            Swap
          </Button>
        )}
        <span className={styles.spring} />
        <Button
          size="small"
          variant="tertiary"
          iconStart={<RiCloseLine />}
          onPress={() => onChange(undefined)}
        >
          Close
        </Button>
      </header>
      <Comparison
        key={writeCompared(compared)}
        componentRef={componentRef}
        environments={environments}
        compared={compared}
      />
    </section>
  );
}
