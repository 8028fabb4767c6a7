import {
  compileCatalogModel,
  defaultCatalogEntityModel,
} from '@backstage/catalog-model/alpha';
import Ajv from 'ajv';
import { anEnvironment } from './__testUtils__/anEnvironment';
import { environmentModelLayer } from './environmentModelLayer';

const model = compileCatalogModel([
  defaultCatalogEntityModel,
  environmentModelLayer,
]);

describe('environmentModelLayer', () => {
  it.each([
    ['Environment', 'ownedBy', 'Group', 'ownerOf'],
    ['Environment', 'partOf', 'System', 'hasPart'],
    ['Environment', 'dependsOn', 'Resource', 'dependencyOf'],
    ['Component', 'runsIn', 'Environment', 'runs'],
  ])('declares %s %s %s with its inverse %s', (from, type, to, inverse) => {
    expect(model.getRelations({ kind: from })).toContainEqual(
      expect.objectContaining({
        toKind: expect.arrayContaining([to]),
        forward: expect.objectContaining({ type }),
        reverse: expect.objectContaining({ type: inverse }),
      }),
    );
  });

  it('has a schema that takes a good environment and refuses a bad one', () => {
    const schema = model.getKind(anEnvironment() as any)!.jsonSchema;
    const validate = new Ajv({ strict: false }).compile(schema);
    expect(validate(anEnvironment())).toBe(true);
    expect(validate(anEnvironment({ spec: { tier: 'production' } }))).toBe(
      false,
    );
    expect(validate(anEnvironment({ spec: { owner: undefined } }))).toBe(false);
  });
});
