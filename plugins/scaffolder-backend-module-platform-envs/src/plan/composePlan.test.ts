import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { composePlan, joinSteps, RUN_ID_PLACEHOLDER } from './composePlan';

const now = new Date('2026-11-21T00:00:00Z');
const file = (
  name: string,
  more: Partial<PlannedThing> = {},
): PlannedThing => ({
  kind: 'file',
  name,
  where: 'acme/orders@main',
  change: 'create',
  ...more,
});
const compose = (
  things: PlannedThing[],
  more: Partial<Parameters<typeof composePlan>[0]> = {},
) =>
  composePlan({
    templateRef: 'template:default/x',
    things,
    findings: [],
    now,
    ...more,
  });

describe('composePlan', () => {
  it('has each thing once, as the last step says it', () => {
    const { things } = compose([
      file('README.md', { content: 'first' }),
      file('README.md', { content: 'second' }),
      file('README.md', { where: 'acme/platform@main' }),
    ]);
    expect(things.map(({ where, content }) => [where, content])).toEqual([
      ['acme/orders@main', 'second'],
      ['acme/platform@main', undefined],
    ]);
  });

  it('puts repositories first, files by name, deployments as they came', () => {
    const deployment = (environment: string): PlannedThing => ({
      kind: 'deployment',
      name: 'orders',
      where: `acme-${environment}`,
      environment,
      change: 'create',
    });
    const { things } = compose([
      deployment('uat'),
      deployment('prod'),
      file('b'),
      file('a'),
      { kind: 'repository', name: 'acme/orders', where: 'g', change: 'create' },
    ]);
    expect(things.map(({ name, environment }) => environment ?? name)).toEqual([
      'acme/orders',
      'a',
      'b',
      'uat',
      'prod',
    ]);
  });

  it('says in one sentence how many of what', () => {
    expect(compose([file('a'), file('b')]).summary).toBe('Creates 2 files.');
    expect(
      compose([
        file('a'),
        file('b', { change: 'update' }),
        file('c', { change: 'keep' }),
      ]).summary,
    ).toBe('Creates 1 file; updates 1 file; one thing stays as it is.');
    expect(compose([file('a', { change: 'remove' })]).summary).toBe(
      'Removes 1 file.',
    );
    expect(compose([file('a', { change: 'keep' })]).summary).toBe(
      'Changes nothing: everything is there already.',
    );
  });

  it('shows no id that only the dry run has', () => {
    const runId = '0b5a3c1e-2c6b-4a55-9a8e-7f4c2d1e0b9a';
    const plan = compose(
      [
        file('a', {
          content: `created-by-task: ${runId}\n`,
          properties: [
            { name: 'Homepage', value: `x?created-by-task=${runId}` },
          ],
        }),
      ],
      { runId },
    );
    expect(JSON.stringify(plan)).not.toContain(runId);
    expect(plan.things[0].content).toBe(
      `created-by-task: ${RUN_ID_PLACEHOLDER}\n`,
    );
  });

  it('counts nothing for what stays as it is or goes', () => {
    const registry = (change: PlannedThing['change']): PlannedThing => ({
      kind: 'awsResource',
      name: `registry-${change}`,
      where: '111100000000/ap-southeast-2',
      resourceType: 'AWS::ECR::Repository',
      change,
    });
    const plan = compose([registry('keep'), registry('remove')]);
    expect(plan.costs).toEqual([]);
    expect(plan.total).toBeUndefined();
    expect(compose([registry('create')]).total).toMatchObject({
      status: 'ok',
    });
  });

  it('adds up by environment, and names what has no price', () => {
    const deployment = (environment: string, region: string): PlannedThing => ({
      kind: 'deployment',
      name: 'orders',
      where: environment,
      environment,
      change: 'create',
      capacity: {
        runtime: 'ecs',
        region,
        replicas: 1,
        cpu: '1',
        memory: '2Gi',
      },
    });
    const plan = compose([
      deployment('dev', 'us-east-1'),
      deployment('prod', 'moon-1'),
    ]);
    expect(
      plan.costs.map(({ environment, estimate }) => [
        environment,
        estimate.status,
      ]),
    ).toEqual([
      ['dev', 'ok'],
      ['prod', 'unavailable'],
    ]);
    expect(plan.total).toMatchObject({
      // 730 * (0.04048 + 2 * 0.004445)
      amount: '36.04',
      missing: [expect.stringContaining('moon-1')],
    });
    expect(compose([file('a')])).not.toHaveProperty('total');
  });

  it('tells blocking findings first', () => {
    const finding = (severity: 'blocking' | 'warning') => ({
      severity,
      message: severity,
      nextStep: 'x',
    });
    const { findings, summary } = compose([], {
      findings: [finding('warning'), finding('blocking')],
    });
    expect(findings.map(({ severity }) => severity)).toEqual([
      'blocking',
      'warning',
    ]);
    expect(summary).toMatch(/^One thing is in the way/);
  });
});

describe('joinSteps', () => {
  it('leaves out what was prepared for a repository, and a later step does not write to it', () => {
    const repository: PlannedThing = {
      kind: 'repository',
      name: 'acme/orders',
      where: 'github.com',
      change: 'keep',
    };
    const proposed = file('catalog-info.yaml', {
      where: 'acme/orders@master',
    });
    const desired = file('base.yaml', { where: 'acme/platform@main' });
    expect(
      joinSteps([
        [file('catalog-info.yaml'), file('CODEOWNERS'), desired],
        [repository, proposed],
      ]),
    ).toEqual([desired, repository, proposed]);
  });

  it('keeps what no later step writes', () => {
    const files = [file('README.md')];
    expect(joinSteps([files, []])).toEqual(files);
  });
});
