import {
  createMockDirectory,
  TestDatabaseId,
} from '@backstage/backend-test-utils';
import { serializeWorkspace } from '@backstage/plugin-scaffolder-node/alpha';
import { Knex } from 'knex';
import { chmod, stat, symlink } from 'node:fs/promises';
import { storeDatabases } from './__testUtils__/testDatabases';
import { ChangedWorkspaceProvider } from './ChangedWorkspaceProvider';
import { MIGRATIONS } from './migrate';

const TABLE = 'scaffolder_task_workspaces';
const FILES = { 'README.md': 'Greeter', src: { 'main.go': 'package main' } };

describe('ChangedWorkspaceProvider', () => {
  const databases = storeDatabases();
  const folder = createMockDirectory();
  const other = createMockDirectory();
  const taskId = 'a-task';
  let db: Knex;
  let asked: string[];

  beforeEach(() => {
    folder.setContent({});
    other.setContent({});
  });

  async function open(id: TestDatabaseId) {
    db = await databases.init(id);
    await db.migrate.latest(MIGRATIONS);
    asked = [];
    db.on('query', ({ sql }) => asked.push(sql.split(' ')[0]));
    return new ChangedWorkspaceProvider(db);
  }
  const keep = (provider: ChangedWorkspaceProvider) =>
    provider.serializeWorkspace({ path: folder.path, taskId });
  const restore = (provider: ChangedWorkspaceProvider, to = other) =>
    provider.rehydrateWorkspace({ taskId, targetPath: to.path });

  describe.each(databases.eachSupportedId())('on %s', id => {
    it('restores in one backend what another kept', async () => {
      const provider = await open(id);
      folder.setContent({ ...FILES, empty: {} });
      await chmod(folder.resolve('src/main.go'), 0o755);
      await symlink('README.md', folder.resolve('index.md'));
      await keep(provider);

      await restore(new ChangedWorkspaceProvider(db));
      expect(other.content()).toEqual({
        ...FILES,
        'index.md': 'Greeter',
        empty: {},
      });
      const { mode } = await stat(other.resolve('src/main.go'));
      expect(mode % 0o1000).toBe(0o755);
    });

    it('asks the database nothing while the files stay as they are', async () => {
      const provider = await open(id);
      folder.setContent(FILES);
      await keep(provider);
      expect(asked).toEqual(['insert']);
      await keep(provider);
      await keep(provider);
      expect(asked).toEqual(['insert']);

      folder.addContent({ 'README.md': 'greeter' });
      await keep(provider);
      expect(asked).toEqual(['insert', 'insert']);
      await restore(new ChangedWorkspaceProvider(db));
      expect(other.content()).toMatchObject({ 'README.md': 'greeter' });
    });

    it('keeps nothing of a run that has written nothing', async () => {
      const provider = await open(id);
      await restore(provider, folder);
      await keep(provider);
      expect(asked).toEqual(['select']);
    });

    it('knows what it restored', async () => {
      folder.setContent(FILES);
      await keep(await open(id));
      const provider = new ChangedWorkspaceProvider(db);
      await restore(provider, folder);
      asked = [];
      await keep(provider);
      expect(asked).toEqual([]);
    });

    it('forgets what it kept when the run was taken up elsewhere since', async () => {
      const provider = await open(id);
      folder.setContent(FILES);
      await keep(provider);
      const second = new ChangedWorkspaceProvider(db);
      await restore(second);
      other.addContent({ 'go.txt': 'module greeter' });
      await second.serializeWorkspace({ path: other.path, taskId });

      await restore(provider, folder);
      expect(folder.content()).toEqual({
        ...FILES,
        'go.txt': 'module greeter',
      });
    });

    it('takes away what is gone from the workspace', async () => {
      const provider = await open(id);
      folder.setContent(FILES);
      await keep(provider);
      folder.setContent({});
      await keep(provider);
      await expect(db(TABLE).select()).resolves.toEqual([]);
    });

    it('leaves nothing of what a killed run had half written', async () => {
      folder.setContent(FILES);
      await keep(await open(id));
      const provider = new ChangedWorkspaceProvider(db);
      folder.addContent({ 'src/main.go': 'packa', 'half.txt': '' });
      await restore(provider, folder);
      expect(folder.content()).toEqual(FILES);
    });

    it('forgets a run that has ended', async () => {
      const provider = await open(id);
      folder.setContent(FILES);
      await keep(provider);
      await provider.cleanWorkspace({ taskId });
      await expect(db(TABLE).select()).resolves.toEqual([]);
      await keep(provider);
      await expect(db(TABLE).select('task_id')).resolves.toEqual([
        { task_id: taskId },
      ]);
    });

    it('tells runs apart', async () => {
      const provider = await open(id);
      folder.setContent(FILES);
      await keep(provider);
      await provider.serializeWorkspace({
        path: folder.path,
        taskId: 'another',
      });
      await provider.cleanWorkspace({ taskId: 'another' });
      await expect(db(TABLE).select('task_id')).resolves.toEqual([
        { task_id: taskId },
      ]);
    });

    it('refuses what is too much, saying how much and what to do', async () => {
      await open(id);
      const provider = new ChangedWorkspaceProvider(db, 2 * 1024 * 1024);
      folder.setContent({ 'model.bin': 'x'.repeat(3 * 1024 * 1024) });
      await expect(keep(provider)).rejects.toThrow(
        'The run has written 3 MB; no more than 2 MB can be kept for it to go on after an interruption. Let the template fetch less',
      );
      await expect(db(TABLE).select()).resolves.toEqual([]);
    });

    it('does not take for kept what the database did not take', async () => {
      const provider = await open(id);
      folder.setContent(FILES);
      await db.schema.renameTable(TABLE, 'away');
      await expect(keep(provider)).rejects.toThrow(TABLE);
      await db.schema.renameTable('away', TABLE);
      await keep(provider);
      await expect(db(TABLE).select('task_id')).resolves.toHaveLength(1);
    });

    it('ends with what was there last, however many ask at once', async () => {
      const provider = await open(id);
      folder.setContent(FILES);
      const first = keep(provider);
      folder.addContent({ 'README.md': 'Greeter, again' });
      await Promise.all([first, keep(provider), keep(provider)]);
      await restore(new ChangedWorkspaceProvider(db));
      expect(other.content()).toMatchObject({ 'README.md': 'Greeter, again' });
    });

    it("goes on with what Backstage's own module kept in its table", async () => {
      const provider = await open(id);
      folder.setContent(FILES);
      const { contents } = await serializeWorkspace({ path: folder.path });
      await db(TABLE).insert({ task_id: taskId, workspace: contents });
      await restore(provider);
      expect(other.content()).toEqual(FILES);
    });
  });
});
