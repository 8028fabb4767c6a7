/** Something that a Terraform file must not say, with its line (1-based). */
export interface TerraformFinding {
  line: number;
  /** One sentence: what is there, and why it may not be. */
  message: string;
}

/** Beginnings of lines that let a plan or an apply run programs or fetch things. */
const REFUSED: Array<[RegExp, string]> = [
  [/^\s*provisioner\s+"/, 'A provisioner runs programs.'],
  [/^\s*data\s+"external"/, 'The data source "external" runs programs.'],
  [/^\s*data\s+"http"/, 'The data source "http" asks who it likes.'],
];

/** A module, whatever is in between, and where it is kept. */
const MODULE = /^\s*module\s+"[^"]*"\s*\{/;
const SOURCE = /^\s*source\s*=\s*"((?:[^"\\]|\\.)*)"/;

/**
 * What a `.tf` file must not contain before it is added to a GitOps repository:
 * what runs programs in the pipeline that applies it, and modules that are kept
 * elsewhere. It reads lines, as `terraform fmt` writes them.
 */
export function lintTerraform(content: string): TerraformFinding[] {
  let isModule = false;
  return content.split('\n').flatMap((text, index) => {
    const line = index + 1;
    if (MODULE.test(text)) isModule = true;
    const source = isModule ? SOURCE.exec(text)?.[1] : undefined;
    if (/^\}/.test(text)) isModule = false;
    return [
      ...REFUSED.flatMap(([pattern, message]) =>
        pattern.test(text) ? [{ line, message }] : [],
      ),
      ...(source !== undefined && !/^\.\/(?!.*\.\.)/.test(source)
        ? [
            {
              line,
              message: `The module "${source}" is kept elsewhere: copy it into the folder.`,
            },
          ]
        : []),
    ];
  });
}
