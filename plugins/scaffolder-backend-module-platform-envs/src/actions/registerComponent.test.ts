import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { runAction } from '../__testUtils__/sandboxPlatform';
import { createRegisterComponentAction } from './registerComponent';

const component = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'greeter', namespace: 'default' },
};

describe('fairway:catalog:register', () => {
  const integrations = ScmIntegrations.fromConfig(
    new ConfigReader({ integrations: { github: [{ host: 'github.com' }] } }),
  );
  const input = { repoContentsUrl: 'https://github.com/org/greeter/blob/main' };
  const target = 'https://github.com/org/greeter/tree/main/catalog-info.yaml';

  function setUp(answer: { exists: boolean; entities: object[] }) {
    const addLocation = jest.fn().mockResolvedValue(answer);
    const catalog = catalogServiceMock.mock({ addLocation });
    return {
      addLocation,
      action: createRegisterComponentAction({ catalog, integrations }),
    };
  }

  it('registers the location and names the component', async () => {
    const { action, addLocation } = setUp({
      exists: false,
      entities: [{ ...component, kind: 'API' }, component],
    });
    const { output } = await runAction(action, { input });
    expect(output).toEqual({
      catalogInfoUrl: target,
      entityRef: 'component:default/greeter',
    });
    expect(addLocation.mock.calls.map(([request]) => request)).toEqual([
      { type: 'url', target, dryRun: true },
      { type: 'url', target },
    ]);
  });

  it('F34 leaves a location that is registered already', async () => {
    const { action, addLocation } = setUp({
      exists: true,
      entities: [component],
    });
    const { output, log } = await runAction(action, { input });
    expect(output.entityRef).toBe('component:default/greeter');
    expect(log).toEqual([`${target} is registered already`]);
    expect(addLocation).toHaveBeenCalledTimes(1);
  });

  it('says that the file describes no component', async () => {
    const { action } = setUp({ exists: false, entities: [] });
    await expect(runAction(action, { input })).rejects.toThrow(
      `${target} describes no Component`,
    );
  });

  it('names a host that is not configured', async () => {
    const { action } = setUp({ exists: false, entities: [] });
    await expect(
      runAction(action, {
        input: { repoContentsUrl: 'https://elsewhere.example/org/greeter' },
      }),
    ).rejects.toThrow(/No integration is configured for the host/);
  });

  it('registers nothing in a dry run', async () => {
    const { action, addLocation } = setUp({ exists: false, entities: [] });
    await runAction(action, { input, isDryRun: true });
    expect(addLocation).not.toHaveBeenCalled();
  });
});
