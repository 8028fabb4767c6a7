import {
  ComponentComparison,
  okReading,
} from '@fairway/plugin-platform-envs-common';
import { aRelease, AT } from './builders';

/** uat against dev: three commits, one setting and one object differ. */
export function aComparison(
  componentRef = 'component:default/sample-backend',
  overrides: Partial<ComponentComparison> = {},
): ComponentComparison {
  return {
    componentRef,
    from: {
      environmentRef: 'environment:default/sample-platform-ai-uat',
      kind: 'desired',
    },
    to: {
      environmentRef: 'environment:default/sample-platform-ai-dev',
      kind: 'desired',
    },
    image: {
      from: okReading(aRelease('sample-backend', '1.8.2'), AT),
      to: okReading(aRelease('sample-backend', '1.8.3'), AT),
      same: false,
    },
    commits: okReading(
      {
        repository: 'sample-platform-ai/sample-platform-ai',
        onlyFrom: [],
        onlyTo: ['Drain before shutdown', 'Add a metric', 'Fix the total'].map(
          (subject, i) => ({
            sha: String(i).repeat(40),
            author: 'Ada Example <ada@example.com>',
            committedAt: AT,
            subject,
            url: `https://git.example.com/commit/${String(i).repeat(40)}`,
          }),
        ),
        totals: { onlyFrom: 0, onlyTo: 3 },
        url: 'https://git.example.com/compare/a...b',
      },
      AT,
    ),
    config: okReading(
      {
        differences: [
          { group: 'replicas', key: 'sample-backend', from: '2', to: '1' },
          {
            group: 'literal',
            key: 'settings · DB_PASSWORD',
            from: '(hidden)',
            to: '(hidden)',
            masked: true,
          },
        ],
        files: { from: [], to: [] },
      },
      AT,
    ),
    rendered: okReading(
      {
        objects: [
          {
            group: 'apps',
            kind: 'Deployment',
            name: 'sample-backend',
            state: 'different',
            from: 'spec:\n  replicas: 2\n',
            to: 'spec:\n  replicas: 1\n',
            diff: '@@ -1,2 +1,2 @@\n spec:\n-  replicas: 2\n+  replicas: 1\n',
          },
          {
            group: '',
            kind: 'Service',
            name: 'sample-backend',
            state: 'same',
          },
        ],
        setAside: ['metadata.namespace'],
      },
      AT,
    ),
    ...overrides,
  };
}
