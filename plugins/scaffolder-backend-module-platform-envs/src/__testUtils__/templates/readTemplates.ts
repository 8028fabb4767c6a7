import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod/v3';

const FOLDER = resolve(__dirname, '../../../../../templates');

const NAME = /^[A-Za-z][^\n|]{0,59}$/;

const proofSchema = z
  .object({
    /** Form values, by the name of the case. */
    cases: z.record(
      z.object({
        /** What a person would fill in; defaults of the form are added. */
        values: z.record(z.unknown()),
      }),
    ),
    /** Its steps ask the running portal: the tests of its actions prove it. */
    needsPortal: z.boolean().default(false),
    /** Folder of the workspace that becomes the repository; `none` where the template makes none. */
    repository: z.string().default('source'),
    /** Files that repositories have and this one need not. */
    without: z.array(z.string()).default([]),
    checks: z.array(
      z
        .object({
          name: z.string().regex(NAME),
          /** Shell script, run with `sh -eu` in the repository. */
          run: z.string(),
          /** Programs without which it cannot be run. */
          needs: z.array(z.string().regex(/^[\w.+-]+$/)).default([]),
          /** Offline and done in a few seconds: part of `./fairway test`. */
          quick: z.boolean().default(false),
          /** Names of the cases it is run for; all by default. */
          cases: z.array(z.string()).optional(),
          timeoutSeconds: z.number().positive().default(600),
        })
        .strict(),
    ),
  })
  .strict()
  .refine(
    ({ cases, needsPortal }) => needsPortal || (cases.default && cases.awkward),
    { message: 'needs the cases `default` and `awkward`', path: ['cases'] },
  );

/** How a template is proven; documented in `templates/README.md`. */
export type Proof = z.infer<typeof proofSchema>;

/** A file of a template, with its path below the template's folder. */
export interface TemplateFile {
  path: string;
  isLink: boolean;
  base64Content: string;
}

/** A template with everything that belongs to it. */
export interface ProvenTemplate {
  /** Name of its folder. */
  name: string;
  /** The entity. */
  entity: any;
  /** Without cases when there is a problem with it. */
  proof: Proof;
  /** Why it cannot be proven. */
  problem?: string;
  files: TemplateFile[];
}

/** Every template that `templates/all.yaml` lists, in its order. */
export function readTemplates(): ProvenTemplate[] {
  const { spec } = parse(readFileSync(join(FOLDER, 'all.yaml'), 'utf8'));
  return spec.targets.map((target: string) => {
    const folder = join(FOLDER, dirname(target));
    const name = relative(FOLDER, folder);
    return {
      name,
      entity: parse(readFileSync(join(FOLDER, target), 'utf8')),
      ...readProof(name, folder),
      files: filesOf(folder),
    };
  });
}

/** Folders of `templates/` that hold a template. */
export function templateFolders(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('template.yaml'))
    .map(path => dirname(path))
    .sort();
}

function readProof(
  name: string,
  folder: string,
): { proof: Proof; problem?: string } {
  const unusable = (problem: string) => ({
    proof: {
      cases: {},
      needsPortal: false,
      repository: 'none',
      without: [],
      checks: [],
    },
    problem: `templates/${name}${problem}`,
  });
  let text: string;
  try {
    text = readFileSync(join(folder, 'proof.yaml'), 'utf8');
  } catch {
    return unusable(
      ' has no proof.yaml: say with which values it is tried and how what it makes is built, as templates/README.md tells',
    );
  }
  const result = proofSchema.safeParse(parse(text));
  if (!result.success) {
    const [{ path, message }] = result.error.issues;
    return unusable(`/proof.yaml: ${path.join('.') || 'it'}: ${message}`);
  }
  for (const check of result.data.checks) {
    const unknown = check.cases?.find(key => !result.data.cases[key]);
    if (unknown) {
      return unusable(
        `/proof.yaml: the check "${check.name}" names the case ${unknown}, which is not there`,
      );
    }
  }
  return { proof: result.data };
}

function filesOf(folder: string): TemplateFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => {
      const file = join(entry.parentPath, entry.name);
      const isLink = entry.isSymbolicLink();
      return {
        path: relative(folder, file),
        isLink,
        base64Content: isLink ? '' : readFileSync(file).toString('base64'),
      };
    });
}
