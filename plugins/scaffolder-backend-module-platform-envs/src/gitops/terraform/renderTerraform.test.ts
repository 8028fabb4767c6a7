import { parse } from '@cdktn/hcl2json';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { aComponent, SEED_SYSTEMS } from '../../__testUtils__/aComponent';
import { writeFiles } from '../../__testUtils__/kustomizeBuild';
import { plannedTerraform, QUEUE_ACTIONS } from '../../plan/plannedTerraform';
import { lintOverlayFiles } from '../lintOverlayFiles';
import { renderTerraform } from './renderTerraform';

const LONG_NAME = `a${'bcd-efghi'.repeat(5)}`.slice(0, 40);
const AWKWARD = `"it's" \${x} %{ if } {{ y }} $(id) 🚢 \\ #`;

const hasTerraform =
  spawnSync('terraform', ['version'], { encoding: 'utf8' }).status === 0;
const describeWithTerraform = hasTerraform ? describe : describe.skip;

/** What takes the place of data.tf: answers of an AWS that is not there. */
const ANSWERS = `
variable "running_counts" {
  type    = map(number)
  default = {}
}
locals {
  running_counts = var.running_counts
  secret_arn     = "arn:aws:secretsmanager:::secret:x"

  queue_url             = "https://sqs.example/jobs"
  dead_letter_queue_url = "https://sqs.example/jobs-dead"
}
output "names" {
  value = {
    roles       = [for role in local.task_roles : "\${local.role_prefix}-\${role}"]
    role_prefix = local.role_prefix
    queue       = local.queue_name
    takes_jobs  = local.takes_jobs
    sends_jobs  = local.sends_jobs
  }
}
output "definitions" { value = local.container_definitions }
output "desired_counts" { value = local.desired_counts }
`;

describe('renderTerraform', () => {
  let folder: string;
  beforeAll(() => {
    if (!hasTerraform) {
      process.stderr.write(
        'SKIPPED: terraform is not on PATH, so the format and the values of the Terraform root of ECS services are not proved\n',
      );
    }
    process.stderr.write(
      'NOT PROVED HERE: "terraform validate" of the Terraform root of ECS services needs the AWS provider, which tests do not download\n',
    );
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairway-terraform-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('keeps the release on the first lines of one file an environment, one key a line', async () => {
    const files = renderTerraform(
      await aComponent('mobilytics', { exposure: 'public' }),
    );
    expect([...files.keys()]).toEqual([
      ...[
        'autoscaling.tf',
        'data.tf',
        'iam.tf',
        'locals.tf',
        'main.tf',
        'network.tf',
        'outputs.tf',
        'queue.tf',
        'variables.tf',
        'versions.tf',
        'component.auto.tfvars.json',
      ].map(name => `deploy/services/greeter/${name}`),
      'deploy/sandbox/greeter.tfvars.json',
      'deploy/dogfood/greeter.tfvars.json',
      'deploy/dev/greeter.tfvars.json',
      'deploy/staging/greeter.tfvars.json',
      'deploy/prod/greeter.tfvars.json',
    ]);
    expect(files.get('deploy/prod/greeter.tfvars.json')!.split('\n')).toEqual([
      '{',
      '  "image_repository": "444400000000.dkr.ecr.us-east-1.amazonaws.com/greeter",',
      '  "image_tag": "unreleased",',
      '  "image_digest": "",',
      '  "desired_count": 3,',
      '  "max_count": 9,',
      '  "cpu": 1024,',
      '  "memory": 2048,',
      '  "environment_name": "prod",',
      '  "log_level": "info",',
      '  "account_id": "444400000005",',
      '  "region": "us-east-1",',
      '  "cluster": "mobilytics-prod",',
      '  "namespace": "mobilytics",',
      '  "capacity_provider": "FARGATE",',
      '  "log_retention_days": 90,',
      '  "blue_green": true,',
      '  "domain": "prod.mobilytics.example.com",',
      '  "routing": "simple"',
      '}',
      '',
    ]);
  });

  it.each(SEED_SYSTEMS.ecs)(
    'gives %s values for exactly the variables that it declares',
    async system => {
      const component = await aComponent(system, {
        name: LONG_NAME,
        ports: { http: 8080, grpc: 9090 },
        sizes: { dev: { maxReplicas: 5 } },
        queue: true,
      });
      const files = renderTerraform(component);
      const root = `${component.gitopsPath}/services/${component.name}`;
      const { variable } = (await parse(
        'variables.tf',
        files.get(`${root}/variables.tf`)!,
      )) as { variable: Record<string, Array<{ default?: unknown }>> };
      const values = (path: string) =>
        Object.keys(JSON.parse(files.get(path)!));
      for (const { shortName } of component.environments) {
        const given = [
          ...values(`${root}/component.auto.tfvars.json`),
          ...values(
            `${component.gitopsPath}/${shortName}/${component.name}.tfvars.json`,
          ),
        ];
        expect(Object.keys(variable)).toEqual(expect.arrayContaining(given));
        expect(given).toEqual(
          expect.arrayContaining(
            Object.keys(variable).filter(
              name => !('default' in variable[name][0]),
            ),
          ),
        );
      }
      expect(lintOverlayFiles(files, component.gitopsPath)).toEqual([]);
    },
  );

  it('is Terraform in every file', async () => {
    const files = renderTerraform(await aComponent('mobilytics'));
    for (const [path, content] of files) {
      // Throws with file and line on what does not parse.
      const parsed = path.endsWith('.tf')
        ? await parse(path, content)
        : JSON.parse(content);
      expect(Object.keys(parsed)).not.toEqual([]);
    }
  });

  describeWithTerraform('as real Terraform reads it', () => {
    it('is written as terraform fmt writes it', async () => {
      await writeFiles(folder, renderTerraform(await aComponent('mobilytics')));
      const { stdout, status } = spawnSync(
        'terraform',
        ['fmt', '-check', '-diff', '-recursive', folder],
        { encoding: 'utf8' },
      );
      expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
    });

    /** What comes of the variables, with AWS's answers given. */
    async function evaluate(options: {
      system?: string;
      input: Parameters<typeof aComponent>[1];
      environment: string;
      released?: boolean;
      running?: Record<string, number>;
    }) {
      const { environment, running = {}, released = true } = options;
      const component = await aComponent(
        options.system ?? 'mobilytics',
        options.input,
      );
      const files = renderTerraform(component);
      const root = `${component.gitopsPath}/services/${component.name}`;
      const release = `${component.gitopsPath}/${environment}/${component.name}.tfvars.json`;
      const kept = ['variables.tf', 'locals.tf', 'component.auto.tfvars.json'];
      await writeFiles(
        folder,
        new Map([
          ...kept.map((name): [string, string] => [
            `${root}/${name}`,
            files.get(`${root}/${name}`)!,
          ]),
          [`${root}/answers.tf`, ANSWERS],
          [
            release,
            released
              ? files
                  .get(release)!
                  .replace('"unreleased"', '"1.2.3"')
                  .replace(
                    '"image_digest": ""',
                    `"image_digest": "sha256:${'a'.repeat(64)}"`,
                  )
              : files.get(release)!,
          ],
        ]),
      );
      const cwd = join(folder, root);
      const { status, stderr } = spawnSync(
        'terraform',
        [
          'apply',
          '-auto-approve',
          '-no-color',
          `-var-file=${join(
            folder,
            dirname(release),
            `${component.name}.tfvars.json`,
          )}`,
          `-var=running_counts=${JSON.stringify(running)}`,
        ],
        {
          cwd,
          encoding: 'utf8',
          env: { ...process.env, CHECKPOINT_DISABLE: '1' },
        },
      );
      if (status !== 0) throw new Error(stderr);
      const { outputs } = JSON.parse(
        await readFile(join(cwd, 'terraform.tfstate'), 'utf8'),
      );
      return {
        definitions: outputs.definitions.value as Record<string, any[]>,
        desiredCounts: outputs.desired_counts.value as Record<string, number>,
        names: outputs.names.value as Record<string, any>,
        component,
      };
    }

    it('runs the released image as nobody on a file system that cannot be written', async () => {
      const { definitions } = await evaluate({
        input: {
          secrets: ['API_KEY'],
          command: ['serve', AWKWARD],
          healthCommand: ['/healthcheck'],
          ports: { http: 8080, grpc: 9090 },
          workers: [{ name: 'mailer', command: ['work', AWKWARD] }],
        },
        environment: 'dev',
      });
      expect(Object.keys(definitions)).toEqual(['greeter', 'greeter-mailer']);
      const [container] = definitions.greeter;
      expect(container).toMatchObject({
        name: 'greeter',
        image: `444400000000.dkr.ecr.us-east-1.amazonaws.com/greeter@sha256:${'a'.repeat(
          64,
        )}`,
        command: ['serve', AWKWARD],
        readonlyRootFilesystem: true,
        user: '65532:65532',
        healthCheck: { command: ['CMD', '/healthcheck'] },
        secrets: [
          {
            name: 'API_KEY',
            valueFrom: 'arn:aws:secretsmanager:::secret:x:API_KEY::',
          },
        ],
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': '/ecs/mobilytics-dev/greeter' },
        },
      });
      expect(
        container.portMappings.map(({ name, containerPort }: any) => [
          name,
          containerPort,
        ]),
      ).toEqual([
        ['grpc', 9090],
        ['http', 8080],
      ]);
      expect(container.environment).toContainEqual({
        name: 'PORT',
        value: '8080',
      });
      expect(definitions['greeter-mailer'][0]).toMatchObject({
        command: ['work', AWKWARD],
        portMappings: [],
      });
      expect(definitions['greeter-mailer'][0]).not.toHaveProperty(
        'healthCheck',
      );
    });

    it('runs nothing before the first release, and keeps what the autoscaler chose after it', async () => {
      const prod = { input: {}, environment: 'prod' };
      const counts = async (options: object) =>
        (await evaluate({ ...prod, ...options })).desiredCounts.greeter;
      await expect(counts({ released: false })).resolves.toBe(0);
      await expect(counts({})).resolves.toBe(3);
      await expect(counts({ running: { greeter: 7 } })).resolves.toBe(7);
      await expect(counts({ running: { greeter: 50 } })).resolves.toBe(9);
    });

    it('takes the smallest worker there is', async () => {
      const { definitions, desiredCounts } = await evaluate({
        system: 'cornjacket-platform',
        input: { kind: 'worker', name: LONG_NAME },
        environment: 'dev',
      });
      expect(desiredCounts).toEqual({ [LONG_NAME]: 1 });
      expect(definitions[LONG_NAME][0]).toMatchObject({
        portMappings: [],
        secrets: [],
      });
      expect(definitions[LONG_NAME][0]).not.toHaveProperty('command');
    });

    const variablesOf = ([{ environment }]: any[]) =>
      Object.fromEntries(
        environment.map(({ name, value }: any) => [name, value]),
      );

    it('tells the tasks where their queue is, and the awkward values of their variables', async () => {
      const { definitions } = await evaluate({
        input: {
          workers: [{ name: 'mailer', command: ['work'] }],
          queue: true,
          environmentVariables: { TOPIC: AWKWARD },
        },
        environment: 'dev',
      });
      const { QUEUE_URL, DEAD_LETTER_QUEUE_URL, ...others } = variablesOf(
        definitions['greeter-mailer'],
      );
      expect({ QUEUE_URL, DEAD_LETTER_QUEUE_URL }).toEqual({
        QUEUE_URL: 'https://sqs.example/jobs',
        DEAD_LETTER_QUEUE_URL: 'https://sqs.example/jobs-dead',
      });
      // what answers requests takes no jobs
      expect(variablesOf(definitions.greeter)).toEqual({
        ...others,
        QUEUE_URL,
      });
      expect(others).toMatchObject({ TOPIC: AWKWARD, ENVIRONMENT: 'dev' });
    });

    it('says nothing of a queue where there is none', async () => {
      const { definitions, names } = await evaluate({
        input: {},
        environment: 'dev',
      });
      expect(variablesOf(definitions.greeter)).not.toHaveProperty('QUEUE_URL');
      expect(names.sends_jobs).toBe(false);
    });

    it.each<[string, Parameters<typeof aComponent>[1]]>([
      [
        'a service and its workers',
        {
          exposure: 'internal',
          blueGreen: true,
          workers: [{ name: 'mailer', command: ['work'] }],
        },
      ],
      ['a service that takes its own jobs', {}],
      ['a worker of a long name', { kind: 'worker', name: LONG_NAME }],
    ])(
      'is what the plan shows: queues, roles and rights of %s',
      async (_title, input) => {
        const { names, component } = await evaluate({
          input: { ...input, queue: true },
          environment: 'prod',
        });
        const environment = component.environments.at(-1)!;
        const planned = plannedTerraform(component, environment, 'create');
        expect(
          planned
            .filter(({ kind }) => kind === 'awsResource')
            .map(({ name }) => name),
        ).toEqual([names.queue, `${names.queue}-dead`]);
        const roles = planned.filter(({ kind }) => kind === 'iam');
        expect(roles.map(({ name }) => name)).toEqual([
          `${names.role_prefix}-execution`,
          ...names.roles,
          ...(input!.blueGreen ? [`${names.role_prefix}-balancer`] : []),
        ]);
        const policiesOf = (suffix: string) =>
          roles
            .find(({ name }) => name === `${names.role_prefix}-${suffix}`)
            ?.properties!.filter(({ name }) => name.startsWith('Policy '))
            .map(({ name }) => name) ?? [];
        expect(policiesOf('task').includes('Policy send-jobs')).toBe(
          names.sends_jobs,
        );
        expect(policiesOf(names.takes_jobs)).toContain('Policy take-jobs');
        expect(policiesOf('execution')).toEqual([]);
      },
    );
  });

  it('gives the tasks no other rights to the queue than the plan says', async () => {
    const files = renderTerraform(
      await aComponent('mobilytics', { queue: true }),
    );
    const { data, resource } = (await parse(
      'queue.tf',
      files.get('deploy/services/greeter/queue.tf')!,
    )) as any;
    const actionsOf = (policy: string) =>
      data.aws_iam_policy_document[policy][0].statement.map(
        ({ actions, resources }: any) => ({ actions, resources }),
      );
    expect(actionsOf('send_jobs')).toEqual([
      {
        actions: QUEUE_ACTIONS.send,
        resources: ['${aws_sqs_queue.jobs[0].arn}'],
      },
    ]);
    expect(actionsOf('take_jobs')).toEqual([
      {
        actions: QUEUE_ACTIONS.take,
        resources: ['${aws_sqs_queue.jobs[0].arn}'],
      },
      {
        actions: QUEUE_ACTIONS.putAside,
        resources: ['${aws_sqs_queue.dead_letters[0].arn}'],
      },
    ]);
    expect(Object.keys(resource.aws_iam_role_policy)).toEqual([
      'send_jobs',
      'take_jobs',
    ]);
  });
});
