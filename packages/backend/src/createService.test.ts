import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import {
  SelfService,
  startSelfService,
  until,
} from './__testUtils__/startSelfService';

const TEMPLATE = path.resolve(
  __dirname,
  '../../../templates/create-go-service',
);
const SYSTEM = 'system:default/sample-platform-ai';

/** Where a link of a skeleton may lead. */
const LINKS = {
  outside: '/etc/passwd',
  inside: './README.md.njk',
};

jest.setTimeout(120_000);

describe('a run of a template that creates a service', () => {
  let portal: SelfService;
  let folder: string;

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fairway-linked-'));
    const templates = Object.entries(LINKS).map(([name, to]) => {
      const copy = path.join(folder, name);
      fs.cpSync(TEMPLATE, copy, { recursive: true });
      const file = path.join(copy, 'template.yaml');
      const entity = parse(fs.readFileSync(file, 'utf8'));
      entity.metadata.name = `linked-${name}`;
      fs.writeFileSync(file, stringify(entity));
      fs.symlinkSync(to, path.join(copy, 'skeleton/passwd'));
      return copy;
    });
    portal = await startSelfService({
      templates,
      awaited: [
        'template:default/create-go-service',
        ...Object.keys(LINKS).map(name => `template:default/linked-${name}`),
      ],
    });
  });
  afterAll(async () => {
    await portal?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const valuesOf = (name: string) => ({
    name,
    system: SYSTEM,
    owner: 'group:default/sample-platform-ai',
    trackSeconds: 10,
  });
  const slugOf = (name: string) => `sample-platform-ai/${name}`;

  /** What the run's page shows under "What is there now". */
  async function whatIsThere(name: string): Promise<Record<string, any>> {
    const { body, status } = await portal.get(
      `/scaffolder/platform-envs/names/${name}?system=${SYSTEM}`,
    );
    expect([status, body.error]).toEqual([200, undefined]);
    return Object.fromEntries(
      body.places.map((place: any) => [place.place, place]),
    );
  }

  const eventsOf = async (taskId: string): Promise<any[]> =>
    (await portal.get(`/scaffolder/v2/tasks/${taskId}/events`)).body;

  const isDone = (taskId: string, step: string) =>
    until(async () =>
      (await eventsOf(taskId)).some(
        ({ body }) => body.stepId === step && body.status === 'completed',
      ),
    );

  it('F31 refuses a skeleton with a link inside of it, before anything is created', async () => {
    const taskId = await portal.start(
      'linked-inside',
      valuesOf('linked-inside'),
    );
    const { task, events } = await portal.ended(taskId);
    expect(task.status).toBe('failed');
    const { body } = events.find(({ type }) => type === 'completion');
    expect(body.error.message).toMatch(/^passwd is a symbolic link/);
    const there = await whatIsThere('linked-inside');
    expect(Object.values(there).map(({ state }) => state)).toEqual(
      Object.keys(there).map(() => 'free'),
    );
  });

  it.each(['outside'])(
    'F31 does not take a link of the skeleton that leads out of it (%s)',
    async name => {
      const taskId = await portal.start(
        `linked-${name}`,
        valuesOf(`linked-${name}`),
      );
      await isDone(taskId, 'publish');
      const { git } = portal.sandbox.world;
      const files = await git.listFiles(slugOf(`linked-${name}`), 'main');
      expect(files).toContain('README.md');
      expect(files.filter(file => file.startsWith('passwd'))).toEqual([]);
      await portal.post(`/scaffolder/v2/tasks/${taskId}/cancel`, {});
    },
  );
});
