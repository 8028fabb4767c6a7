import { templateEntityV1beta3Validator } from '@backstage/plugin-scaffolder-common';
import {
  ProvenTemplate,
  readTemplates,
  templateFolders,
} from './__testUtils__/templates/readTemplates';
import { COMPONENT_NAME_PATTERN } from './platform/componentName';

/** Every schema below a form, with its path. */
function schemasOf(schema: any, path = ''): Array<[string, any]> {
  if (typeof schema !== 'object' || schema === null) return [];
  const here: Array<[string, any]> =
    typeof schema.type === 'string' ? [[path, schema]] : [];
  return Object.entries(schema).reduce(
    (found, [key, value]) =>
      ['default', 'enum', 'ui:options', 'examples'].includes(key)
        ? found
        : [...found, ...schemasOf(value, `${path}/${key}`)],
    here,
  );
}

const templates = readTemplates();

describe('the list of templates', () => {
  it('names every template that there is, once', () => {
    expect(templates.map(({ name }) => name).sort()).toEqual(templateFolders());
  });
});

describe.each(templates.map(template => [template.name, template] as const))(
  '%s',
  (templateName, template: ProvenTemplate) => {
    const { entity, files } = template;
    const forms = schemasOf(entity.spec.parameters);

    it('says how it is proven', () => {
      expect(template.problem).toBeUndefined();
    });

    it('is a template that the scaffolder accepts, named like its folder', async () => {
      await expect(templateEntityV1beta3Validator.check(entity)).resolves.toBe(
        true,
      );
      expect(entity.metadata.name).toBe(templateName);
      expect(entity.metadata.description).toMatch(/\w/);
    });

    it('F29 limits the length of every text and every list', () => {
      const unlimited = forms.filter(
        ([, schema]) =>
          (schema.type === 'string' &&
            !schema.enum &&
            typeof schema.maxLength !== 'number') ||
          (schema.type === 'array' &&
            typeof schema.maxItems !== 'number' &&
            !schema.items?.enum),
      );
      expect(unlimited.map(([path]) => path)).toEqual([]);
    });

    it('F30 has no pattern that a long text could hang', () => {
      for (const [path, { pattern, maxLength }] of forms) {
        if (pattern === undefined) continue;
        const text = `${'a-'.repeat(maxLength)}!`.slice(-maxLength);
        const started = performance.now();
        new RegExp(pattern).test(text);
        new RegExp(pattern).test('a'.repeat(maxLength - 1).concat('!'));
        expect([path, performance.now() - started < 100]).toEqual([path, true]);
      }
    });

    const name = forms.find(([path]) => path.endsWith('/properties/name'));
    // one without a name is for something that exists
    const named = name ? describe : describe.skip;
    named('its name', () => {
      it('is one that the actions take, and no other', () => {
        const inForm = new RegExp(name![1].pattern ?? 'none');
        for (const good of ['abc', 'order-intake', 'a1-b2', 'a'.repeat(40)]) {
          expect([good, inForm.test(good)]).toEqual([good, true]);
          expect(COMPONENT_NAME_PATTERN.test(good)).toBe(true);
        }
        for (const bad of [
          'ab',
          'Order',
          '1st',
          'a-',
          '-a',
          'a--b',
          'a'.repeat(41),
          'a_b',
          'a.b',
          '../x',
          'а-cyrillic',
          'a\nb',
          '',
        ]) {
          expect([bad, inForm.test(bad)]).toEqual([bad, false]);
        }
      });
    });

    it('F31 has no links', () => {
      expect(files.filter(({ isLink }) => isLink)).toEqual([]);
    });

    it('runs only actions that know a dry run', () => {
      const foreign = entity.spec.steps
        .map((step: any) => step.action)
        .filter(
          (action: string) =>
            !/^(fairway:.+|fetch:(template|plain)(:file)?|fs:(delete|rename)|debug:log)$/.test(
              action,
            ),
        );
      expect(foreign).toEqual([]);
    });
  },
);
