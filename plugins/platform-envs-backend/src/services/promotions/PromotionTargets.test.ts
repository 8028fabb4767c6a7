import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  aComponent,
  anEnvironment,
  BACKEND,
  DEV,
  PROD,
  SYSTEM,
} from '../../__testUtils__/entities';
import { PromotionTargets } from './PromotionTargets';

function setUp(systems: { component: string; environment: string }) {
  const environments = ['dev', 'prod'].map(name => {
    const environment = anEnvironment(name);
    environment.spec!.system = systems.environment;
    return environment;
  });
  const other = anEnvironment('dev');
  other.metadata.name = 'else-dev';
  other.spec!.system = 'else';
  const component = aComponent('backend');
  component.spec!.system = systems.component;
  const catalog = catalogServiceMock({
    entities: [component, ...environments, other],
  });
  const asked = [
    jest.spyOn(catalog, 'getEntities'),
    jest.spyOn(catalog, 'getEntityByRef'),
  ];
  return {
    targets: new PromotionTargets({ catalog, auth: mockServices.auth() }),
    calls: () => asked.reduce((sum, { mock }) => sum + mock.calls.length, 0),
  };
}

describe('PromotionTargets', () => {
  const ways = [
    SYSTEM,
    `default/${SYSTEM}`,
    `system:${SYSTEM}`,
    `system:default/${SYSTEM}`,
  ];
  it.each(
    ways.flatMap(component =>
      ways.map(environment => ({ component, environment })),
    ),
  )(
    'finds environments of "$environment" for a component of "$component"',
    async systems => {
      const found = await setUp(systems).targets.list(BACKEND);
      expect(found.map(({ target }) => target.ref)).toEqual([DEV, PROD]);
    },
  );

  it('describes many targets of one component with one look at the catalog', async () => {
    const { targets, calls } = setUp({
      component: SYSTEM,
      environment: SYSTEM,
    });
    const described = await targets.describe([
      { componentRef: BACKEND, environmentRef: DEV },
      { componentRef: BACKEND, environmentRef: 'environment:default/else-dev' },
      { componentRef: BACKEND, environmentRef: PROD },
      { componentRef: 'component:default/gone', environmentRef: PROD },
    ]);
    expect(described.map(one => one?.environmentRef)).toEqual([
      DEV,
      undefined,
      PROD,
      undefined,
    ]);
    // the component, its environments, and the one that is not there
    expect(calls()).toBe(3);
  });

  it('says that a component with an unusable system runs nowhere', async () => {
    const { targets } = setUp({ component: 'system:', environment: SYSTEM });
    await expect(targets.list(BACKEND)).rejects.toThrow(
      /runs in no environment/,
    );
  });
});
