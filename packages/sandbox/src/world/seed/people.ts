import { SeedPlatform } from '../platforms';

/** Someone who writes commits. */
export interface Author {
  login: string;
  name: string;
  email: string;
}

const author = (login: string): Author => ({
  login,
  name: login
    .split('-')
    .map(word => word[0].toUpperCase() + word.slice(1))
    .join(' '),
  email: `${login}@example.com`,
});

/** Who releases what CI built. */
export const CI: Author = {
  login: 'fairway-ci',
  name: 'fairway-ci',
  email: 'fairway-ci@example.com',
};

const prefixes: Record<string, string> = {
  'campaign-lifecycle-platform': 'campaign',
  'cornjacket-platform': 'cornjacket',
  'sample-platform-ai': 'sample-platform',
};

/** The people of a platform: they have the names of the catalog's users. */
export function peopleOf(platform: SeedPlatform): {
  developer: Author;
  lead: Author;
  platformEngineer: Author;
} {
  const prefix = prefixes[platform.system] ?? platform.system;
  return {
    developer: author(`${prefix}-developer`),
    lead: author(`${prefix}-lead`),
    platformEngineer: author('platform-engineer'),
  };
}
