import {
  RiAmazonFill,
  RiBookOpenLine,
  RiGitBranchLine,
  RiLineChartLine,
  RiLinksLine,
  RiRadarLine,
  RiTerminalBoxLine,
} from '@remixicon/react';
import { DeliveryLink } from '@fairway/plugin-platform-envs-common';
import { isSafeUrl } from '../../model/safeUrl';
import styles from './Links.module.css';

type LinkType = DeliveryLink['type'];

const ICONS: Record<LinkType, typeof RiLinksLine> = {
  argocd: RiRadarLine,
  grafana: RiLineChartLine,
  logs: RiTerminalBoxLine,
  runbook: RiBookOpenLine,
  aws: RiAmazonFill,
  git: RiGitBranchLine,
  other: RiLinksLine,
};

/** In the order in which people reach for them. */
const GROUPS: Array<{ title: string; types: LinkType[] }> = [
  { title: 'Delivery', types: ['argocd', 'git'] },
  { title: 'Watch', types: ['grafana', 'logs'] },
  { title: 'Help', types: ['runbook'] },
  { title: 'AWS', types: ['aws'] },
  { title: 'More', types: ['other'] },
];

/** A list of this length reads well without headings. */
const UNGROUPED_UP_TO = 3;

/** Links out, already filled with component and environment. A URL that is not http(s) or a path of the portal is shown as text. */
export function Links({ links }: { links: DeliveryLink[] }) {
  if (links.length === 0) {
    return <p className={styles.none}>No links are configured.</p>;
  }
  if (links.length <= UNGROUPED_UP_TO) {
    return <LinkList links={links} label="Links" />;
  }
  const known = (type: LinkType) => GROUPS.some(g => g.types.includes(type));
  return (
    <dl className={styles.groups} aria-label="Links">
      {GROUPS.map(({ title, types }) => {
        const own = links.filter(({ type }) =>
          types.includes(known(type) ? type : 'other'),
        );
        return own.length === 0 ? null : (
          <div key={title} className={styles.group}>
            <dt className={styles.title}>{title}</dt>
            <dd className={styles.members}>
              <LinkList links={own} label={title} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function LinkList({ links, label }: { links: DeliveryLink[]; label: string }) {
  return (
    <ul className={styles.list} aria-label={label}>
      {links.map(link => (
        <li key={`${link.type} ${link.url}`} className={styles.item}>
          <LinkOut link={link} />
        </li>
      ))}
    </ul>
  );
}

function LinkOut({ link }: { link: DeliveryLink }) {
  const Icon = ICONS[link.type] ?? RiLinksLine;
  const text = (
    <>
      <Icon size={16} aria-hidden />
      {link.title}
    </>
  );
  return (
    <>
      {isSafeUrl(link.url) ? (
        <a
          className={styles.link}
          href={link.url}
          target="_blank"
          rel="noopener noreferrer"
        >
          {text}
        </a>
      ) : (
        <span className={styles.refused} title="Not a link to a web page">
          {text}
        </span>
      )}
      {link.detail && <span className={styles.detail}>{link.detail}</span>}
    </>
  );
}
