import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  addLastChange,
  DesiredEntry,
  readDesiredEntry,
} from './readDesiredEntry';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const TARGET = { format: 'kustomize', imageName: 'app' } as const;
const COUNT = 400;
const TEXT = 'long '.repeat(20_000);

/** Texts of 100 kB that no other file shares. */
function aFile(i: number) {
  const content = [
    `# ${i} ${TEXT}`,
    'images:',
    '  - name: app',
    '    newName: registry.example.com/some/application',
    `    newTag: 1.8.${i}@sha256:${'a'.repeat(64)}`,
    '',
  ].join('\n');
  return {
    path: `overlays/prod/app-${i}/kustomization.yaml`,
    blobSha: `${i}`.padStart(40, '0'),
    sizeBytes: content.length,
    content,
  };
}

function aCommit(i: number) {
  const text = `${i} ${TEXT}\nRelease the application\nSource-Commit: ${'c'.repeat(
    40,
  )}\n`;
  const lines = text.split('\n');
  return {
    sha: `${i}`.padStart(40, '0'),
    author: { name: 'Somebody With A Name', email: 'somebody@example.com' },
    committedAt: '2026-03-10T12:00:00.000Z',
    subject: lines[1],
    body: text,
  };
}

describe('readDesiredEntry', () => {
  it('F86 holds what a file and its last commit say, and not their texts', () => {
    collect();
    const before = process.memoryUsage().heapUsed;
    const entries: DesiredEntry[] = [];
    for (let i = 0; i < COUNT; i++) {
      const entry = readDesiredEntry(aFile(i), TARGET);
      addLastChange(entry, aCommit(i));
      entries.push(entry);
    }
    collect();
    const mb = (process.memoryUsage().heapUsed - before) / 1e6;
    expect(entries[7]).toMatchObject({
      release: {
        image: 'registry.example.com/some/application',
        version: '1.8.7',
        revision: 'c'.repeat(40),
      },
      change: { message: 'Release the application' },
    });
    // the texts alone are 80 MB
    expect(mb).toBeLessThan(20);
  });
});
