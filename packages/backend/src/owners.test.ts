import { allPeople, PLATFORMS } from '@fairway/sandbox';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import {
  DEVELOPER,
  SelfService,
  startSelfService,
} from './__testUtils__/startSelfService';

const ROOT = path.resolve(__dirname, '../../..');
const read = (...file: string[]) =>
  parse(fs.readFileSync(path.join(ROOT, ...file), 'utf8'));

interface Case {
  template: string;
  values: { name: string; system: string };
  /** A developer of that platform. */
  person: string;
}

/** Every template whose form asks for an owner, with values that it takes. */
const CASES: Case[] = (
  read('templates/all.yaml').spec.targets as string[]
).flatMap(target => {
  const folder = path.dirname(target);
  const { spec } = read('templates', target);
  const properties: Record<string, any> = Object.assign(
    {},
    ...[spec.parameters].flat().map((page: any) => page.properties),
  );
  if (!properties.owner) return [];
  const values = {
    ...Object.fromEntries(
      Object.entries(properties)
        .filter(([, schema]) => schema.default !== undefined)
        .map(([key, schema]) => [key, schema.default]),
    ),
    ...read('templates', folder, 'proof.yaml').cases.default.values,
  };
  return [
    { template: path.basename(folder), values, person: developerOf(values) },
  ];
});

function developerOf({ system }: { system: string }): string {
  const { login } = allPeople(PLATFORMS).find(
    ({ groups }) =>
      groups.length === 1 && system === `system:default/${groups[0]}`,
  )!;
  return `user:default/${login}`;
}

const MINE = 'group:default/sample-platform-ai';
const THEIRS = 'group:default/platform-engineering';

const refusalOf = (person: string) =>
  `You may not make Platform Engineering (${THEIRS}) the owner: ${person} is not a member of it. Choose one of your groups (`;

jest.setTimeout(90_000);

/** Nobody but the server keeps anyone from anything here. */
describe('the owner of what a template creates', () => {
  let portal: SelfService;

  beforeAll(async () => {
    portal = await startSelfService({
      awaited: [
        THEIRS,
        'user:default/platform-engineer',
        'user:default/sample-platform-lead',
        ...CASES.flatMap(({ template, person }) => [
          `template:default/${template}`,
          person,
        ]),
      ],
    });
  });
  afterAll(() => portal?.stop());

  async function planOf(values: object, person?: string) {
    const { body, status } = await portal.post(
      '/scaffolder/platform-envs/plans',
      { templateRef: 'template:default/create-go-service', values },
      person,
    );
    expect([status, body.error]).toEqual([200, undefined]);
    return body;
  }

  const written = () =>
    Object.values(portal.sandbox.world.counters.read()).flatMap(({ routes }) =>
      Object.keys(routes).filter(
        route => !/^GET |(Describe|List|Get|AssumeRole)/.test(route),
      ),
    );

  it.each(CASES)(
    'is a group of whoever starts $template, or the run ends before it creates anything',
    async ({ template, values, person }) => {
      const { world } = portal.sandbox;
      world.counters.reset();
      const before = world.git.list();
      const taskId = await portal.start(
        template,
        { ...values, owner: THEIRS },
        person,
      );
      const { task, events } = await portal.ended(taskId, person);
      expect(task.status).toBe('failed');
      const completion = events.find(({ type }) => type === 'completion');
      expect(completion.body.error).toMatchObject({
        name: 'NotAllowedError',
        message: expect.stringContaining(refusalOf(person)),
      });
      expect(completion.body.error.message).toMatch(/Nothing was created$/);
      expect(written()).toEqual([]);
      expect(world.git.list()).toEqual(before);
    },
  );

  const values = {
    name: 'order-intake',
    system: 'system:default/sample-platform-ai',
  };

  it('is told by the plan, at its field', async () => {
    const { findings, things } = await planOf({ ...values, owner: THEIRS });
    expect(things).toEqual([]);
    const [message, nextStep] = refusalOf(DEVELOPER).split(/\. (?=Choose)/);
    expect(findings).toEqual([
      {
        severity: 'blocking',
        field: 'owner',
        message,
        nextStep: expect.stringContaining(nextStep),
      },
    ]);
  });

  it('is told to assistants that plan for a person', async () => {
    const { body } = await portal.post(
      `/scaffolder/.backstage/actions/v1/actions/${encodeURIComponent(
        'scaffolder:plan-run',
      )}/invoke`,
      {
        templateRef: 'template:default/create-go-service',
        values: { ...values, owner: THEIRS },
      },
    );
    expect(body.output.plan.findings).toEqual([
      expect.objectContaining({ severity: 'blocking', field: 'owner' }),
    ]);
  });

  it('may be any of their groups', async () => {
    for (const [person, owner] of [
      [DEVELOPER, MINE],
      ['user:default/sample-platform-lead', `${MINE}-leads`],
    ]) {
      const { findings } = await planOf({ ...values, owner }, person);
      expect(findings).toEqual([]);
    }
  });

  it('may be any group when platform engineering starts the run', async () => {
    const { findings } = await planOf(
      { ...values, owner: THEIRS },
      'user:default/platform-engineer',
    );
    expect(findings).toEqual([]);
  });

  it('is a group that exists', async () => {
    const { findings } = await planOf({ ...values, owner: `${MINE}-nobody` });
    expect(findings).toEqual([
      expect.objectContaining({
        severity: 'blocking',
        field: 'owner',
        message: expect.stringMatching(/^There is no group:default/),
      }),
    ]);
  });
});
