import { Entity } from '@backstage/catalog-model';
import { RunsInProcessor } from './RunsInProcessor';

const location = { type: 'url', target: 'test' };

function aComponent(
  environments: string | undefined,
  system: string | undefined = 'shop',
): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: 'cart',
      annotations:
        environments === undefined
          ? {}
          : { 'fairway.dev/environments': environments },
    },
    spec: { type: 'service', owner: 'shop', system },
  };
}

async function relationsOf(entity: Entity) {
  const emit = jest.fn();
  await new RunsInProcessor().postProcessEntity(entity, location, emit);
  return emit.mock.calls.map(
    ([{ relation }]) =>
      `${relation.source.kind}:${relation.source.namespace}/${relation.source.name} ${relation.type} ${relation.target.kind}:${relation.target.namespace}/${relation.target.name}`,
  );
}

describe('RunsInProcessor', () => {
  it('relates a component to its environments and back', async () => {
    expect(await relationsOf(aComponent('dev, prod'))).toEqual([
      'Component:default/cart runsIn Environment:default/shop-dev',
      'Environment:default/shop-dev runs Component:default/cart',
      'Component:default/cart runsIn Environment:default/shop-prod',
      'Environment:default/shop-prod runs Component:default/cart',
    ]);
  });

  it('counts a repeated environment once', async () => {
    expect(await relationsOf(aComponent('dev,dev'))).toHaveLength(2);
  });

  it('looks for the environments beside the system', async () => {
    expect(await relationsOf(aComponent('dev', 'system:retail/shop'))).toEqual([
      'Component:default/cart runsIn Environment:retail/shop-dev',
      'Environment:retail/shop-dev runs Component:default/cart',
    ]);
  });

  it('leaves components without the annotation and other kinds alone', async () => {
    expect(await relationsOf(aComponent(undefined))).toEqual([]);
    expect(
      await relationsOf({ ...aComponent('dev'), kind: 'Resource' }),
    ).toEqual([]);
  });

  it.each(['dev;prod', 'Dev', 'dev,,prod', '', 'dev,../prod'])(
    'F54 refuses the malformed annotation %j and says what is allowed',
    async value => {
      await expect(
        new RunsInProcessor().validateEntityKind(aComponent(value)),
      ).rejects.toThrow(
        `metadata.annotations["fairway.dev/environments"] is ${JSON.stringify(
          value,
        )}; it must be comma-separated short names of environments`,
      );
    },
  );

  it('refuses the annotation on a component without a system', async () => {
    const homeless = aComponent('dev');
    delete homeless.spec!.system;
    await expect(
      new RunsInProcessor().validateEntityKind(homeless),
    ).rejects.toThrow(
      'spec.system is missing; a component with the annotation fairway.dev/environments must name the system whose environments it means',
    );
  });
});
