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

/** Someone who can sign in: a user of the catalog. */
export interface Person extends Author {
  /** System of their platform, or what they belong to instead. */
  team: string;
  /** What they do, a few words. */
  role: string;
  /** Names of their groups in the catalog, the leads' among them. */
  groups: string[];
}

/** Everybody who can sign in: the people of the platforms, then those beside them. */
export function allPeople(platforms: SeedPlatform[]): Person[] {
  return [
    ...platforms.flatMap(platform => {
      const { developer, lead } = peopleOf(platform);
      const team = platform.system;
      return [
        {
          ...developer,
          team,
          role: 'starts services, asks for promotions',
          groups: [team],
        },
        {
          ...lead,
          team,
          role: 'approves promotions to production',
          groups: [team, `${team}-leads`],
        },
      ];
    }),
    {
      ...author('platform-engineer'),
      team: 'platform-engineering',
      role: 'looks after all environments',
      groups: ['platform-engineering'],
    },
    {
      ...author('on-call'),
      team: 'on-call',
      role: 'is called when something is broken',
      groups: ['on-call'],
    },
    {
      ...author('outsider'),
      team: 'no team',
      role: 'sees, but may not act',
      groups: [],
    },
  ];
}
