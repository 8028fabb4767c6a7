import { JsonObject } from '@backstage/types';
import { readTemplates } from '../__testUtils__/templates/readTemplates';
import { checkValues } from './checkValues';

const PARAMETERS = Object.fromEntries(
  readTemplates().map(({ name, entity }) => [name, entity.spec.parameters]),
);

const GOOD: JsonObject = {
  name: 'order-intake',
  system: 'system:default/sample-platform-ai',
  owner: 'group:default/sample-platform-ai',
};

const refusal = (template: string, values: JsonObject) =>
  checkValues(values, PARAMETERS[template]).then(
    () => undefined,
    (error: Error) => error.message,
  );

describe('checkValues', () => {
  it('takes what a form may hold', async () => {
    expect(await refusal('create-go-service', GOOD)).toBeUndefined();
  });

  it.each(['..', '../../x', '${{ secrets.x }}', '🚀', 'Order', 'a_b', 'x'])(
    'F28 says of the name %j what one may be, once and without a pattern',
    async name => {
      expect(await refusal('create-go-service', { ...GOOD, name })).toBe(
        'Name ("name") cannot be the name of a component: use 3 to 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen',
      );
    },
  );

  it('F28 says of a text what it may hold', async () => {
    expect(
      await refusal('create-go-service', { ...GOOD, description: 'a\nb' }),
    ).toBe(
      'What it is for ("description") has to be one line of text, without characters that cannot be seen',
    );
  });

  it('knows the patterns of all templates in words', async () => {
    const texts = (schema: any): any[] =>
      typeof schema === 'object' && schema !== null
        ? [
            ...(schema.pattern && schema['ui:field'] !== 'ComponentName'
              ? [schema]
              : []),
            ...Object.values(schema).flatMap(texts),
          ]
        : [];
    const patterns = new Set(texts(PARAMETERS).map(({ pattern }) => pattern));
    expect(patterns.size).toBeGreaterThan(2);
    for (const pattern of patterns) {
      await expect(
        checkValues(
          { text: '\0' },
          { properties: { text: { type: 'string', pattern } } },
        ),
      ).rejects.toThrow(/^"text" has to (be|begin) /);
    }
  });

  describe('of a choice that brings fields of its own', () => {
    const frontend = { ...GOOD, hosting: 'container' };

    it('names the field that is wrong', async () => {
      expect(
        await refusal('create-nextjs-frontend', {
          ...frontend,
          exposure: '..',
        }),
      ).toBe(
        'Who calls it ("exposure") is not one of enum values: none,internal,public',
      );
    });

    it('names the choice where it is none', async () => {
      expect(
        await refusal('create-nextjs-frontend', { ...GOOD, hosting: 'moon' }),
      ).toBe(
        'How it is served ("hosting") is not one of enum values: container,static',
      );
      expect(
        await refusal('register-repository', {
          ...GOOD,
          repository: 'orders',
          type: 'service',
          language: 'go',
          deploy: 'x',
        }),
      ).toBe(
        'Deploy it with this platform ("deploy") is not of a type(s) boolean',
      );
    });

    it('takes each of the choices', async () => {
      expect(await refusal('create-nextjs-frontend', frontend)).toBeUndefined();
      expect(
        await refusal('create-nextjs-frontend', { ...GOOD, hosting: 'static' }),
      ).toBeUndefined();
    });
  });
});
