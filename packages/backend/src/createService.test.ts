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
const TEAM = 'sample-platform-ai';
const SYSTEM = `system:default/${TEAM}`;
const OWNER = `group:default/${TEAM}`;

/** Steps of the template that need no more than what is started here. */
const STEPS = [
  'platform',
  'plan',
  'stack',
  'source',
  'prepare',
  'registry',
  'overlays',
  'publish',
  'register',
];

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
    owner: OWNER,
    trackSeconds: 10,
  });
  const slugOf = (name: string) => `sample-platform-ai/${name}`;

  /**
   * What the run's page shows under "What is there now". An answer is kept for
   * some seconds: one from before `since` says nothing of what came after it.
   */
  async function whatIsThere(
    name: string,
    since = new Date(0).toISOString(),
  ): Promise<Record<string, any>> {
    let body: any;
    await until(async () => {
      const answer = await portal.get(
        `/scaffolder/platform-envs/names/${name}?system=${SYSTEM}`,
      );
      expect([answer.status, answer.body.error]).toEqual([200, undefined]);
      body = answer.body;
      return body.checkedAt >= since;
    }, 500);
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

  const locationsOf = async (name: string) =>
    (await portal.get('/catalog/locations')).body.filter(({ data }: any) =>
      data.target.includes(`/${slugOf(name)}/`),
    );

  /** What a run that stopped says is there already. */
  const leftBy = (events: any[]) =>
    events
      .filter(({ body }) => body.stepId === 'left')
      .map(({ body }) => body.message)
      .join('\n');

  async function retry(taskId: string): Promise<void> {
    const { status, body } = await portal.post(
      `/scaffolder/v2/tasks/${taskId}/retry`,
      { secrets: {} },
    );
    expect([status, body.error]).toEqual([201, undefined]);
  }

  it('F31 refuses a skeleton with a link inside of it, when no more than the registry was begun, and goes on with that', async () => {
    const taskId = await portal.start(
      'linked-inside',
      valuesOf('linked-inside'),
    );
    const { task, events } = await portal.ended(taskId);
    expect(task.status).toBe('failed');
    const { body } = events.find(({ type }) => type === 'completion');
    expect(body.error.message).toMatch(/^passwd is a symbolic link/);
    const { registry, ...others } = await whatIsThere('linked-inside');
    expect([undefined, OWNER]).toContain(registry.whose);
    expect(Object.values(others).map(({ state }) => state)).toEqual(
      Object.keys(others).map(() => 'free'),
    );
    const left = leftBy(events);
    expect(left).toContain(
      '"Retry" goes through its steps again and keeps what is there',
    );
    expect(left).toMatch(
      /The image registry was begun: stack arn:\S+fairway-registry-linked-inside/,
    );

    fs.rmSync(path.join(folder, 'inside/skeleton/passwd'));
    const { counters } = portal.sandbox.world;
    counters.reset();
    await retry(taskId);
    await isDone(taskId, 'register');
    expect(
      Object.keys(counters.read().aws.routes).filter(route =>
        /Create(Stack|ChangeSet)$/.test(route),
      ),
    ).toEqual([]);
    const after = await whatIsThere('linked-inside', new Date().toISOString());
    expect([after.registry.state, after.repository.state]).toEqual([
      'taken',
      'taken',
    ]);
    await portal.post(`/scaffolder/v2/tasks/${taskId}/cancel`, {});
  });

  it('F40 says who may not do what in AWS, and what to do, and goes on once the right is given', async () => {
    const { faults } = portal.sandbox.world;
    faults.add({
      upstream: 'aws',
      service: 'cloudformation',
      action: 'CreateStack',
      kind: 'status',
      status: 403,
      code: 'AccessDenied',
      message:
        'User: arn:aws:sts::111100000000:assumed-role/fairway/run is not authorized to perform: cloudformation:CreateStack on resource: arn:aws:cloudformation:ap-southeast-2:111100000000:stack/fairway-registry-denied/* because no identity-based policy allows the cloudformation:CreateStack action',
    });
    const taskId = await portal.start('create-go-service', valuesOf('denied'));
    const { task, events } = await portal.ended(taskId);
    faults.remove();
    expect(task.status).toBe('failed');
    const said =
      /The portal \(arn:aws:sts::111100000000:assumed-role\/fairway\/run\) may not do cloudformation:CreateStack on arn:\S+fairway-registry-denied\/\* in account 111100000000 \(ap-southeast-2\)\. Have platform engineering give its role the right cloudformation:CreateStack \(docs\/operations\/rights\.md\), then press Retry/;
    const { body } = events.find(({ type }) => type === 'completion');
    expect(body.error).toMatchObject({
      name: 'NotAllowedError',
      message: expect.stringMatching(said),
    });
    const log = events
      .filter(event => event.body.stepId === 'stack')
      .map(event => event.body.message);
    expect(log.join('\n')).toMatch(said);
    // nothing was begun
    expect(leftBy(events)).not.toContain('There is');
    expect(leftBy(events)).not.toContain('begun');

    await retry(taskId);
    await isDone(taskId, 'register');
    await portal.post(`/scaffolder/v2/tasks/${taskId}/cancel`, {});
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

  describe('cancelled', () => {
    const runs = new Map<string, { name: string; taskId: string; run: any }>();

    beforeAll(async () => {
      await Promise.all(
        STEPS.map(async step => {
          const name = `cancelled-in-${step}`;
          const taskId = await portal.start(
            'create-go-service',
            valuesOf(name),
          );
          await until(async () =>
            (await eventsOf(taskId)).some(({ body }) => body.stepId === step),
          );
          const { status } = await portal.post(
            `/scaffolder/v2/tasks/${taskId}/cancel`,
            {},
          );
          if (status !== 200) throw new Error(`${name}: ${status}`);
          runs.set(step, { name, taskId, run: await portal.ended(taskId) });
        }),
      );
    });

    it.each(STEPS)(
      'F35 in the step %s leaves nothing half made, and what is there can be seen',
      async step => {
        const { name, run } = runs.get(step)!;
        expect(run.events.map(({ type }: any) => type)).toContain('cancelled');
        const done = new Set(
          run.events
            .filter(({ body }: any) => body.status === 'completed')
            .map(({ body }: any) => body.stepId),
        );
        // the step in which it was cancelled may have got to its end
        const before = STEPS.slice(0, STEPS.indexOf(step));
        expect(before.filter(one => !done.has(one))).toEqual([]);
        expect(done.has('track')).toBe(false);

        const there = await whatIsThere(name);
        const { git } = portal.sandbox.world;
        expect(there.repository.state).toBe(
          git.has(slugOf(name)) ? 'taken' : 'free',
        );
        const messages = (
          await git.log(slugOf('sample-platform-ai'), 'main')
        ).filter(({ message }) =>
          message.split('\n').includes(`Fairway-Component: ${name}`),
        );
        expect(messages.length).toBe(
          there.desiredState.state === 'free' ? 0 : 1,
        );
        // CloudFormation ends what it has begun
        expect(
          before.includes('registry') ? [OWNER] : [undefined, OWNER],
        ).toContain(there.registry.whose);
        // the catalog may have taken it over when the cancellation came
        const locations = await locationsOf(name);
        expect(done.has('publish') ? [0, 1] : [0]).toContain(locations.length);
        const commits = git.has(slugOf(name))
          ? await git.log(slugOf(name), 'main').catch(() => [])
          : [];
        expect(done.has('publish') ? [1] : [0, 1]).toContain(commits.length);
      },
    );

    it('F35 goes on by "Retry" to what a run that nobody cancelled makes, once', async () => {
      await Promise.all(
        ['overlays', 'publish'].map(async step => {
          const { name, taskId } = runs.get(step)!;
          await retry(taskId);
          await isDone(taskId, 'register');
          const there = await whatIsThere(name, new Date().toISOString());
          expect([name, there.repository.state, there.registry.state]).toEqual([
            name,
            'taken',
            'taken',
          ]);
          expect(there.desiredState.state).toBe('taken');
          const { git } = portal.sandbox.world;
          expect(await git.log(slugOf(name), 'main')).toHaveLength(1);
          expect(await locationsOf(name)).toHaveLength(1);
        }),
      );
    });
  });
});
