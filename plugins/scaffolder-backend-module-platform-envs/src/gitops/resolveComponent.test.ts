import { seedPlatform } from '../__testUtils__/aComponent';
import { ComponentInput } from './componentInput';
import { resolveComponent } from './resolveComponent';

describe('resolveComponent', () => {
  const resolve = async (
    input: ComponentInput,
    system = 'sample-platform-ai',
  ) => resolveComponent((await seedPlatform(system)).environments, input);

  it('has a default for everything', async () => {
    const component = await resolve({});
    expect(component).toMatchObject({
      kind: 'service',
      ports: { http: 8080 },
      exposure: 'none',
      secrets: [],
      command: [],
      healthCommand: [],
      workers: [],
      egressPorts: [],
    });
    expect(
      component.environments.map(({ shortName, sizing }) => [
        shortName,
        sizing.size,
        sizing.replicas,
        sizing.maxReplicas,
        sizing.logLevel,
      ]),
    ).toEqual([
      ['dev', 'small', 1, undefined, 'debug'],
      ['uat', 'medium', 2, undefined, 'info'],
      ['prod', 'large', 3, 9, 'info'],
    ]);
  });

  it('takes the chosen environments, in promotion order, with their sizes', async () => {
    const { environments } = await resolve({
      environments: ['prod', 'dev'],
      sizes: {
        dev: { size: 'large', maxReplicas: 2 },
        prod: { replicas: 5 },
      },
    });
    expect(
      environments.map(({ shortName, sizing }) => [
        shortName,
        sizing.size,
        sizing.replicas,
        sizing.maxReplicas,
      ]),
    ).toEqual([
      ['dev', 'large', 1, 2],
      ['prod', 'large', 5, 15],
    ]);
  });

  it('has no port for a worker unless it is given one', async () => {
    expect((await resolve({ kind: 'worker' })).ports).toEqual({});
    expect(
      (await resolve({ kind: 'worker', ports: { http: 9000 } })).ports,
    ).toEqual({ http: 9000 });
  });

  it('shows a website to the internet', async () => {
    expect((await resolve({ kind: 'web' })).exposure).toBe('public');
  });

  it('goes blue/green where the environment says so, or the form does', async () => {
    const where = async (input: ComponentInput) =>
      (await resolve(input, 'mobilytics')).environments
        .filter(({ blueGreen }) => blueGreen)
        .map(({ shortName }) => shortName);
    await expect(where({})).resolves.toEqual(['staging', 'prod']);
    await expect(where({ blueGreen: false })).resolves.toEqual([]);
    await expect(
      where({ blueGreen: true, environments: ['dev'] }),
    ).resolves.toEqual(['dev']);
    await expect(where({ kind: 'worker' })).resolves.toEqual([]);
  });

  it.each<[string, ComponentInput, string]>([
    [
      'an unknown environment',
      { environments: ['dev', 'qa'] },
      'environments names "qa", which is no environment of this platform: choose from dev, uat, prod',
    ],
    [
      'a size of an unknown environment',
      { sizes: { '../x': {} } },
      'sizes names "../x", which is no environment of this platform: choose from dev, uat, prod',
    ],
    [
      'an unknown size',
      { sizes: { dev: { size: 'huge' as 'large' } } },
      'sizes.dev.size is "huge"; it must be small, medium or large',
    ],
    [
      'fewer at most than always',
      { sizes: { dev: { replicas: 4, maxReplicas: 2 } } },
      'sizes.dev.maxReplicas is 2, less than the 4 replicas that always run',
    ],
    [
      'no copy at all',
      { sizes: { dev: { replicas: 0 } } },
      'sizes.dev.replicas is 0; it must be a whole number of at least 1',
    ],
    [
      'an unknown kind',
      { kind: 'daemon' as 'web' },
      'kind is "daemon"; it must be service, worker or web',
    ],
    [
      'an unknown exposure',
      { exposure: 'moon' as 'public' },
      'exposure is "moon"; it must be none, internal or public',
    ],
    [
      'an exposed worker',
      { kind: 'worker', exposure: 'public' },
      'exposure is "public", but a worker has no address',
    ],
    [
      'one port for two protocols',
      { ports: { http: 8080, grpc: 8080 } },
      'ports.http and ports.grpc are both 8080',
    ],
    [
      'a website without http',
      { kind: 'web', ports: { grpc: 9090 } },
      'ports.http is missing',
    ],
    [
      'a secret that is no variable',
      { secrets: ['$(id)'] },
      'secrets names "$(id)": use capital letters',
    ],
    [
      'a secret that the environment sets',
      { secrets: ['PORT'] },
      'secrets names "PORT": the environment sets this variable itself',
    ],
    [
      'workers on EKS',
      { workers: [{ name: 'mailer', command: ['mail'] }] },
      'workers are services beside a service on ECS',
    ],
    ['a queue on EKS', { queue: true }, 'queue is made by the Terraform'],
    [
      'a variable that is none',
      { environmentVariables: { 'a=b': 'x' } },
      'environmentVariables names "a=b": use capital letters',
    ],
    [
      'a variable that the environment sets',
      { environmentVariables: { LOG_LEVEL: 'x' } },
      'environmentVariables names "LOG_LEVEL": the environment sets this variable itself',
    ],
    [
      'a variable that is a secret, too',
      { environmentVariables: { KEY: 'x' }, secrets: ['KEY'] },
      'environmentVariables and secrets both name "KEY"',
    ],
    [
      'a variable of two lines',
      { environmentVariables: { KEY: 'a\nB=c' } },
      'environmentVariables.KEY has a line break',
    ],
    [
      'more variables than anybody reads',
      {
        environmentVariables: Object.fromEntries(
          Array.from({ length: 51 }, (_, index) => [`A${index}`, '']),
        ),
      },
      'environmentVariables has 51 of them; at most 50 are taken',
    ],
  ])('F27 refuses %s, naming the key', async (_title, input, message) => {
    await expect(resolve(input)).rejects.toThrow(message);
  });

  it.each(['../x', 'a_b', 'Mailer', '${{ x }}', '-a', 'a-', ''])(
    'F27 refuses the worker name %j',
    async name => {
      await expect(
        resolve({ workers: [{ name, command: ['x'] }] }, 'mobilytics'),
      ).rejects.toThrow(/workers\[0\]\.name is ".*": use at most 40/);
    },
  );

  it('refuses two workers of one name', async () => {
    const worker = { name: 'mailer', command: ['mail'] };
    await expect(
      resolve({ workers: [worker, worker] }, 'mobilytics'),
    ).rejects.toThrow('workers names "mailer" twice');
  });

  it('gives a component on ECS a queue, and keeps its variables for the queue', async () => {
    const input = { queue: true, environmentVariables: { B: '2', A: '1' } };
    const component = await resolve(input, 'mobilytics');
    expect(component.queue).toEqual({
      visibilityTimeoutSeconds: 30,
      maxAttempts: 5,
      retentionDays: 4,
      deadLetterRetentionDays: 14,
    });
    expect(Object.keys(component.environmentVariables)).toEqual(['A', 'B']);
    await expect(resolve({}, 'mobilytics')).resolves.not.toHaveProperty(
      'queue',
    );
    await expect(
      resolve(
        { queue: true, environmentVariables: { QUEUE_URL: 'x' } },
        'mobilytics',
      ),
    ).rejects.toThrow(
      'environmentVariables names "QUEUE_URL": the environment sets this variable itself',
    );
  });

  it('asks for the domain of an environment that is to be reached', async () => {
    const { environments } = await seedPlatform('sample-platform-ai');
    environments.forEach(environment => delete environment.domain);
    expect(() => resolveComponent(environments, { kind: 'web' })).toThrow(
      'environment:default/sample-platform-ai-dev does not say under which domain its services are reached: add the annotation fairway.dev/domain',
    );
  });
});
