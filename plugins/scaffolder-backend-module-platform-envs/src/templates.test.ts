import { startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSandboxPlatform } from './__testUtils__/sandboxPlatform';
import { checkCatalogInfo } from './__testUtils__/templates/checkCatalogInfo';
import { checkDockerfiles } from './__testUtils__/templates/checkDockerfile';
import { checkFilesPresent } from './__testUtils__/templates/checkFilesPresent';
import { checkTexts } from './__testUtils__/templates/checkTexts';
import { checkWorkflows } from './__testUtils__/templates/checkWorkflows';
import {
  ProvenTemplate,
  readTemplates,
} from './__testUtils__/templates/readTemplates';
import { runCheck } from './__testUtils__/templates/runCheck';
import {
  Rendered,
  RenderedFile,
  Renderer,
  startRenderer,
} from './__testUtils__/templates/startRenderer';
import {
  desiredState,
  surroundingsOf,
  writeRendered,
} from './__testUtils__/templates/writeRendered';

// `./fairway test --templates` names a folder, takes what is rendered from
// there and builds it; and may ask for one template only.
const { FAIRWAY_TEMPLATES_OUT, FAIRWAY_TEMPLATE } = process.env;

const templates = readTemplates().filter(
  ({ name, problem, proof }) =>
    !problem &&
    !proof.needsPortal &&
    (!FAIRWAY_TEMPLATE || name === FAIRWAY_TEMPLATE),
);

const HOSTILE_NAMES = [
  '../../x',
  '/etc/passwd',
  '%2e%2e%2f',
  '..\\x',
  'a\0b',
  '${{ secrets.x }}',
  '{{7*7}}',
  'x'.repeat(100_000),
  'аbc',
  '🚢🚢🚢',
];

const HOSTILE_REFS = ['../../x', '${{ secrets.x }}', '🚢', '::', 'a\0b'];

jest.setTimeout(120_000);

describe('templates', () => {
  let renderer: Renderer;
  let folder: string;
  const index: object[] = [];

  beforeAll(async () => {
    folder =
      FAIRWAY_TEMPLATES_OUT ?? (await mkdtemp(join(tmpdir(), 'fairway-new-')));
    renderer = await startRenderer(
      await openSandboxPlatform(options =>
        startSandbox({ ...options, only: ['github', 'aws'] }),
      ),
    );
  });
  afterAll(async () => {
    await renderer.stop();
    if (FAIRWAY_TEMPLATES_OUT) {
      await writeFile(
        join(folder, 'index.json'),
        JSON.stringify(index, undefined, 2),
      );
    } else {
      await rm(folder, { recursive: true, force: true });
    }
  });

  describe.each(templates.map(template => [template.name, template] as const))(
    '%s',
    (templateName, template: ProvenTemplate) => {
      const { proof } = template;
      const valuesOf = (name: string): any => proof.cases[name].values;

      describe.each(Object.keys(proof.cases))('with %s values', caseName => {
        const values = valuesOf(caseName);
        const texts = Object.values(values).filter(
          (value): value is string =>
            typeof value === 'string' && /[^\w:/.-]/.test(value),
        );
        const place = () => join(folder, templateName, caseName);
        let rendered: Rendered;
        let repository: RenderedFile[];
        let repositories: { before: unknown; after: unknown };

        beforeAll(async () => {
          const before = renderer.repositories();
          rendered = await renderer.render(template, values);
          repositories = { before, after: renderer.repositories() };
          repository = rendered.workspace
            .filter(({ path }) => path.startsWith(`${proof.repository}/`))
            .map(file => ({
              ...file,
              path: file.path.slice(proof.repository.length + 1),
            }));
          const overlays = desiredState(rendered.planned, values.name);
          await writeRendered(join(place(), 'repository'), repository);
          const around = await surroundingsOf(rendered.planned, renderer);
          await writeRendered(join(place(), 'desired-state'), [
            ...around,
            ...overlays,
          ]);
          index.push({
            template: templateName,
            case: caseName,
            folder: place(),
            files: repository.map(({ path }) => path),
            desiredState: overlays.map(({ path }) => path),
            checks: proof.checks.filter(
              check => check.cases?.includes(caseName) ?? true,
            ),
          });
        });

        it('can be run, and a dry run creates nothing', () => {
          expect([rendered.status, rendered.error]).toEqual([200, undefined]);
          expect(rendered.log).not.toBe('');
          expect(repositories.after).toEqual(repositories.before);
        });

        const makesRepository =
          proof.repository === 'none' ? describe.skip : describe;
        makesRepository('makes a repository that', () => {
          it('has every file that repositories have', () => {
            expect(checkFilesPresent(repository, proof.without)).toEqual([]);
          });

          it('F28 holds texts that can be read, and nothing left to render', () => {
            expect(checkTexts(repository, texts)).toEqual([]);
          });

          it('says of itself in the catalog what the form said', async () => {
            expect(await checkCatalogInfo(repository, values)).toEqual([]);
          });

          it('has workflows that GitHub takes', () => {
            expect(checkWorkflows(repository)).toEqual([]);
          });

          it('has a Dockerfile that is fit for a platform', () => {
            expect(checkDockerfiles(repository)).toEqual([]);
          });

          const quick = proof.checks.filter(
            check => check.quick && (check.cases?.includes(caseName) ?? true),
          );
          it(`passes its quick checks: ${
            quick.map(({ name }) => name).join(', ') || 'it has none'
          }`, () => {
            const results = quick.map(check => ({
              check: check.name,
              ...runCheck(check, join(place(), 'repository')),
            }));
            for (const result of results) {
              if (result.status === 'notProved') {
                // eslint-disable-next-line no-console
                console.warn(
                  `NOT PROVED: ${templateName}, ${caseName}, ${
                    result.check
                  }: ${result.missing.join(' and ')} not on PATH`,
                );
              }
            }
            expect(results.filter(({ status }) => status === 'failed')).toEqual(
              [],
            );
          });
        });
      });

      // one that makes no repository may be for a name that exists
      const takesName = proof.repository === 'none' ? describe.skip : describe;
      takesName('for a name of somebody else', () => {
        it('F33 stops before anything is created when the name is taken', async () => {
          const before = renderer.repositories();
          const { status, error, workspace } = await renderer.render(template, {
            ...valuesOf('default'),
            system: 'system:default/sample-platform-ai',
            name: 'sample-platform-ai',
          });
          expect(status).toBeGreaterThanOrEqual(400);
          expect(error).toContain('sample-platform-ai');
          expect(workspace).toEqual([]);
          expect(renderer.repositories()).toEqual(before);
        });
      });

      describe('for what is not in the catalog', () => {
        const refs = ['system', 'component'].filter(
          key => valuesOf('default')[key] !== undefined,
        );

        it.each(
          refs.flatMap(key => HOSTILE_REFS.map(ref => [key, ref] as const)),
        )('F27 F28 refuses the %s %j in words', async (key, ref) => {
          const before = renderer.repositories();
          const { status, error, workspace } = await renderer.render(template, {
            ...valuesOf('default'),
            [key]: ref,
          });
          expect(status).toBe(400);
          expect(error).toMatch(
            /".*" is no entity ref: choose one that the form offers/,
          );
          expect(workspace).toEqual([]);
          expect(renderer.repositories()).toEqual(before);
        });
      });

      // one without a name is for something that exists
      const named = JSON.stringify(template.entity.spec.parameters).includes(
        '"name":{"type":"string"',
      )
        ? describe
        : describe.skip;
      named('for a name that is none', () => {
        it.each(HOSTILE_NAMES)(
          'F27 F28 F29 answers 400 to the name %#, before any action',
          async name => {
            const { status, log } = await renderer.render(template, {
              ...valuesOf('default'),
              name,
            });
            expect([status, log]).toEqual([400, '']);
          },
        );
      });
    },
  );
});
