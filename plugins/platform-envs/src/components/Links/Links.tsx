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
import styles from './Links.module.css';

const ICONS: Record<DeliveryLink['type'], typeof RiLinksLine> = {
  argocd: RiRadarLine,
  grafana: RiLineChartLine,
  logs: RiTerminalBoxLine,
  runbook: RiBookOpenLine,
  aws: RiAmazonFill,
  git: RiGitBranchLine,
  other: RiLinksLine,
};

/** Whether a link may be followed: http(s) or a path of the portal. */
function isSafe(url: string): boolean {
  return /^https?:\/\//i.test(url) || /^\/(?!\/)/.test(url);
}

/** Links out, already filled with component and environment. */
export function Links({ links }: { links: DeliveryLink[] }) {
  const safe = links.filter(link => isSafe(link.url));
  if (safe.length === 0) {
    return <p className={styles.none}>No links are configured.</p>;
  }
  return (
    <ul className={styles.list} aria-label="Links">
      {safe.map(link => {
        const Icon = ICONS[link.type] ?? RiLinksLine;
        return (
          <li key={`${link.type} ${link.url}`}>
            <a
              className={styles.link}
              href={link.url}
              target="_blank"
              rel="noreferrer"
            >
              <Icon size={16} aria-hidden />
              {link.title}
            </a>
          </li>
        );
      })}
    </ul>
  );
}
