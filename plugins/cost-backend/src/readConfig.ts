import { readDurationFromConfig, Config } from '@backstage/config';
import { HumanDuration } from '@backstage/types';
import { CostTags } from './CostSource';

/** The `cost` block, read. */
export interface CostConfig {
  /** Absent: not configured. */
  accountId?: string;
  tags: CostTags;
  pullInterval: HumanDuration;
}

const KEY = 'cost.aws.accountId';

/** @throws Error - naming the key that is wrong */
export function readConfig(config: Config): CostConfig {
  const accountId = config.getOptionalString(KEY);
  if (accountId !== undefined && !/^\d{12}$/.test(accountId)) {
    throw new Error(`${KEY} is "${accountId}"; it must be twelve digits`);
  }
  const tag = (name: string, fallback: string) =>
    config.getOptionalString(`cost.tags.${name}`) ?? fallback;
  return {
    accountId,
    tags: {
      system: tag('system', 'System'),
      environment: tag('environment', 'Environment'),
      component: tag('component', 'Component'),
    },
    pullInterval: config.has('cost.pullInterval')
      ? readDurationFromConfig(config, { key: 'cost.pullInterval' })
      : { hours: 8 },
  };
}
