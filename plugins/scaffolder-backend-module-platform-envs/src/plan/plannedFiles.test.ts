import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plannedFiles } from './plannedFiles';
import { plannedRepository } from './plannedRepository';

describe('planned files', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairway-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('have their text, or say why not, and leave out what git keeps', async () => {
    await mkdir(join(folder, '.git'));
    await mkdir(join(folder, '.github', 'workflows'), { recursive: true });
    await writeFile(join(folder, '.git', 'config'), 'x');
    await writeFile(join(folder, '.github', 'workflows', 'ci.yml'), 'on: push');
    await writeFile(join(folder, 'run.sh'), '#!/bin/sh\n');
    await chmod(join(folder, 'run.sh'), 0o755);
    await writeFile(join(folder, 'logo.png'), Buffer.from([0x89, 0, 1]));
    await writeFile(join(folder, 'lock.json'), 'x'.repeat(300_000));

    const files = await plannedFiles(folder, 'acme/orders@main');

    expect(files).toEqual([
      expect.objectContaining({
        name: '.github/workflows/ci.yml',
        content: 'on: push',
        sizeBytes: 8,
      }),
      expect.objectContaining({ name: 'lock.json', note: expect.any(String) }),
      expect.objectContaining({ name: 'logo.png', note: 'It is not text' }),
      expect.objectContaining({ name: 'run.sh', executable: true }),
    ]);
    expect(files[1]).not.toHaveProperty('content');
    expect(files[2]).not.toHaveProperty('content');
  });

  it('say which role CI signs in as, and what that role has to trust', async () => {
    await mkdir(join(folder, '.github', 'workflows'), { recursive: true });
    await writeFile(
      join(folder, '.github', 'workflows', 'deliver.yml'),
      'env: { ROLE: "arn:aws:iam::111100000000:role/fairway-ci" }\nrole-to-assume: x',
    );
    await writeFile(
      join(folder, 'README.md'),
      'arn:aws:iam::222200000000:role/other role-to-assume',
    );

    const things = await plannedRepository({
      folder,
      owner: 'acme',
      name: 'orders',
      gitHost: 'github.com',
    });

    const roles = things.filter(({ kind }) => kind === 'iam');
    expect(roles.map(({ name, where }) => [name, where])).toEqual([
      ['fairway-ci', '111100000000'],
    ]);
    expect(JSON.parse(roles[0].content!)).toMatchObject({
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:sub':
            'repo:acme/orders:ref:refs/heads/main',
        },
      },
    });
  });
});
