import fc from 'fast-check';
import { parseDocument } from 'yaml';
import { editOverlay, OverlayFile, readOverlay } from './overlay';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const release = { image: 'registry/app', version: '1.8.2', digest: DIGEST };
const kustomize = { format: 'kustomize', imageName: 'app' } as const;
const NEW = `1.8.2@${DIGEST}`;

const file = (content: string): OverlayFile => ({
  path: 'overlays/prod/app/kustomization.yaml',
  content,
});
const edit = (content: string, to = release) =>
  editOverlay(file(content), kustomize, to).content;

/** Content, and the very text in it that a promotion replaces. */
const CORPUS: Record<string, [content: string, old: string, now?: string]> = {
  plain: [
    `images:\n  - name: app\n    newTag: 1.8.0@${OTHER}\n`,
    `1.8.0@${OTHER}`,
  ],
  comments: [
    '# who\nimages: # which\n  - name: app # this\n    newTag: 1.8.0 # keep: 1.8.0\n# end 1.8.0\n',
    '1.8.0',
  ],
  'single quotes': [
    "images:\n- name: app\n  newTag: '1.8.0'\n",
    "'1.8.0'",
    `'${NEW}'`,
  ],
  'double quotes': [
    'images:\n- name: "app"\n  newTag: "1.8.0"\n',
    '"1.8.0"',
    `"${NEW}"`,
  ],
  'flow style': [
    'images: [ {name: app,   newTag: 1.8.0}, {name: b, newTag: 2} ]\n',
    '1.8.0',
    NEW,
  ],
  CRLF: ['images:\r\n  - name: app\r\n    newTag: 1.8.0\r\nx: y\r\n', '1.8.0'],
  'no end of line': ['images:\n  - name: app\n    newTag: 1.8.0', '1.8.0'],
  'byte order mark': [
    '\uFEFFimages:\n  - name: app\n    newTag: 1.8.0\n',
    '1.8.0',
  ],
  'anchor nobody refers to': [
    'images:\n  - name: app\n    newTag: &tag 1.8.0\n',
    '1.8.0',
  ],
  'anchors elsewhere': [
    'x: &labels\n  a: "1.8.0"\ny: *labels\nimages:\n  - newTag: 1.8.0\n    name: app\n',
    '1.8.0\n    name',
    `${NEW}\n    name`,
  ],
  'several documents': [
    '---\nkind: Other\nnewTag: 1.8.0\n---\nimages:\n  - name: app\n    newTag: one\n...\n',
    'one\n...',
    `${NEW}\n...`,
  ],
  'odd indentation and order': [
    'images:\n        -   newName:   r/app\n            newTag:    1.8.0   \n            name:  app\n',
    '1.8.0',
  ],
  'unquoted number': ['images:\n  - name: app\n    newTag: 1.10\n', '1.10'],
  unreleased: [
    'images:\n  - name: app\n    newTag: unreleased\n',
    'unreleased',
  ],
  'string tag': ['images:\n  - name: app\n    newTag: !!str 1.10\n', '1.10'],
  emoji: [
    '# 🚢 — ünïcode\nimages:\n  - name: app\n    newTag: 1.8.0 # 🚀\n',
    '1.8.0 # 🚀',
    `${NEW} # 🚀`,
  ],
};

describe('editOverlay of a kustomization', () => {
  it.each(Object.entries(CORPUS))(
    'F23 changes nothing but the tag: %s',
    (_, [content, old, now]) => {
      expect(edit(content)).toBe(content.replace(old, now ?? NEW));
    },
  );

  it('says which line changes', () => {
    const content =
      '# a\r\nimages:\r\n  - name: app\r\n    newTag: 1.8.0 # x\r\n';
    expect(editOverlay(file(content), kustomize, release).changes).toEqual([
      {
        line: 4,
        before: '    newTag: 1.8.0 # x',
        after: `    newTag: ${NEW} # x`,
      },
    ]);
  });

  it('writes only the digest where only a digest is kept', () => {
    const content = `images:\n  - name: app\n    digest: ${OTHER}\n`;
    expect(edit(content)).toBe(content.replace(OTHER, DIGEST));
  });

  it.each([
    '1.10',
    '012',
    'on',
    'no',
    'y',
    '1e3',
    '0x1f',
    '1_000',
    '12.0',
    'null',
    'true',
    '0o14',
    '2026-01-01',
  ])(
    'F24 quotes the version %s, which YAML would not read as a string',
    version => {
      const out = edit('images:\n  - name: app\n    newTag: 1.8.0\n', {
        image: 'registry/app',
        version,
      } as typeof release);
      expect(out).toContain(`newTag: "${version}"`);
      for (const yaml of ['1.1', '1.2'] as const) {
        const value = parseDocument(out, { version: yaml }).getIn([
          'images',
          0,
          'newTag',
        ]);
        expect(value).toBe(version);
      }
    },
  );

  it('F25 refuses a file of 10 MB at once', () => {
    const content = `images:\n  - name: app\n    newTag: 1\n${'# x\n'.repeat(
      2_500_000,
    )}`;
    const before = process.cpuUsage();
    expect(() => edit(content)).toThrow(/too large for an overlay/);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(500);
  });

  it('F25 is not slowed down by a bomb of aliases', () => {
    const levels = 'abcdefghij'.split('');
    const bomb = levels
      .map((name, i) => {
        const items = i ? `*${levels[i - 1]},`.repeat(10) : 'x,'.repeat(10);
        return `${name}: &${name} [${items.slice(0, -1)}]`;
      })
      .join('\n');
    const content = `${bomb}\nimages:\n  - name: app\n    newTag: 1.8.0\n`;
    const before = process.cpuUsage();
    expect(edit(content)).toBe(content.replace('1.8.0', NEW));
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000);
  });

  it('F25 survives thousands of open brackets', () => {
    expect(() => edit('['.repeat(100_000))).toThrow(
      expect.objectContaining({ name: 'InputError' }),
    );
  });

  it.each([
    [
      'no entry',
      'images:\n  - name: other\n    newTag: 1\n',
      /no entry below "images" has the name "app"/,
    ],
    ['no images', 'resources: []\n', /no entry below "images"/],
    [
      'two entries',
      'images:\n  - name: app\n    newTag: 1\n  - name: app\n    newTag: 2\n',
      /kustomization.yaml:4: 2 entries .* \(lines 2, 4\)/,
    ],
    ['no tag', 'images:\n  - name: app\n', /has no newTag/],
    [
      'both',
      `images:\n  - name: app\n    newTag: 1\n    digest: ${OTHER}\n`,
      /yaml:4: .*both newTag and digest/,
    ],
    [
      'an alias',
      'x: &t 1\nimages:\n  - name: app\n    newTag: *t\n',
      /yaml:4: "newTag" is an alias/,
    ],
    [
      'a shared anchor',
      'images:\n  - name: app\n    newTag: &t v1\nx: *t\n',
      /yaml:3: .*&t, which other places refer to/,
    ],
    [
      'a block',
      'images:\n  - name: app\n    newTag: |\n      v1\n',
      /spans several lines/,
    ],
    ['tabs', 'images:\n\t- name: app\n', /kustomization.yaml:2: /],
    ['a duplicate key', 'images: []\nimages: []\n', /kustomization.yaml:\d: /],
  ])('F26 does not guess: %s', (_, content, message) => {
    expect(() => edit(content)).toThrow(message);
  });

  it('refuses a version that is no tag', () => {
    const bad = { image: 'r', version: '1"\n x', digest: DIGEST };
    expect(() => edit('images:\n- name: app\n  newTag: a\n', bad)).toThrow(
      /is not an image tag/,
    );
  });

  it('F23 keeps every byte around the tag, whatever they are', () => {
    const comment = fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .map(s => s.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ''));
    const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/);
    fc.assert(
      fc.property(
        comment,
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('', '"', "'"),
        fc.integer({ min: 0, max: 4 }),
        fc.boolean(),
        tag,
        tag,
        (text, eol, quote, spaces, last, old, version) => {
          fc.pre(quote !== '' || !/^(-|\.)/.test(old));
          const before = [
            `# ${text}`,
            'images:',
            `  - name: other`,
            `    newTag: ${quote}${old}${quote}`,
            `  - name: app`,
            `    newTag:${' '.repeat(spaces + 1)}`,
          ].join(eol);
          const after = ` # ${text}${last ? '' : eol}`;
          const content = `${before}${quote}${old}${quote}${after}`;
          const out = edit(content, { ...release, version });
          expect(out.startsWith(before)).toBe(true);
          expect(out.endsWith(after)).toBe(true);
          expect(readOverlay(file(out), kustomize)).toEqual({
            image: 'app',
            version,
            digest: DIGEST,
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('readOverlay of a kustomization', () => {
  it('reads tag and digest', () => {
    const content = `images:\n  - name: app\n    newName: r/app\n    newTag: ${NEW}\n`;
    expect(readOverlay(file(content), kustomize)).toEqual({
      image: 'r/app',
      version: '1.8.2',
      digest: DIGEST,
    });
  });

  it('F24 reads an unquoted version as it is written', () => {
    const content = 'images:\n  - name: app\n    newTag: 1.10\n';
    expect(readOverlay(file(content), kustomize)?.version).toBe('1.10');
  });

  it('knows when nothing was released', () => {
    const content = 'images:\n  - name: app\n    newTag: unreleased\n';
    expect(readOverlay(file(content), kustomize)).toBeUndefined();
  });

  it('refuses what only looks like a digest', () => {
    const content = 'images:\n  - name: app\n    newTag: 1@sha256:abc\n';
    expect(() => readOverlay(file(content), kustomize)).toThrow(
      /is not a digest/,
    );
  });
});

describe('a tfvars file', () => {
  const tfvars = { format: 'tfvars' } as const;
  const content = [
    '{',
    '  "image_repository": "r/app",',
    '  "image_tag": "1.8.0",',
    `  "image_digest": "${OTHER}",`,
    '  "desired_count": 2',
    '}',
    '',
  ].join('\n');

  it('changes tag and digest and nothing else', () => {
    const out = editOverlay(file(content), tfvars, release);
    expect(out.content).toBe(
      content.replace('1.8.0', '1.8.2').replace(OTHER, DIGEST),
    );
    expect(out.changes.map(c => c.line)).toEqual([3, 4]);
  });

  it('reads what should run', () => {
    expect(readOverlay(file(content), tfvars)).toEqual({
      image: 'r/app',
      version: '1.8.0',
      digest: OTHER,
    });
  });

  it('knows when nothing was released', () => {
    const empty = content.replace('1.8.0', 'unreleased').replace(OTHER, '');
    expect(readOverlay(file(empty), tfvars)).toBeUndefined();
    expect(editOverlay(file(empty), tfvars, release).content).toContain(DIGEST);
  });

  it.each([
    ['not JSON', '{ image_tag: "x" }', /not valid JSON/],
    ['a list', '[]', /not a JSON object/],
    ['no tag', '{ "image_digest": "x" }', /"image_tag" must be there/],
    ['a number', '{ "image_tag": 1, "image_digest": "x" }', /"image_tag" must/],
    [
      'twice',
      '{ "image_tag": "a", "image_tag": "b", "image_digest": "x" }',
      /unique/,
    ],
  ])('F26 does not guess: %s', (_, text, message) => {
    expect(() => editOverlay(file(text), tfvars, release)).toThrow(message);
  });
});
