import { Entity } from '@backstage/catalog-model';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    const catalog = catalogServiceMock.mock({
      addLocation,
      getEntitiesByRefs: async ({ entityRefs }) => ({
        items: entityRefs.map(ref =>
          ref === 'api:default/greeter-api'
            ? ({ kind: 'API', metadata: { name: 'greeter-api' } } as Entity)
            : undefined,
        ),
      }),
    });
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

  it('names what a file of another kind describes, not the location that reads it', async () => {
    const { action } = setUp({
      exists: false,
      entities: [
        { kind: 'Location', metadata: { name: 'generated-1' } },
        { kind: 'Resource', metadata: { name: 'greeter-database' } },
      ],
    });
    const { output } = await runAction(action, {
      input: { ...input, path: 'gitops/catalog/greeter-database.yaml' },
    });
    expect(output.entityRef).toBe('resource:default/greeter-database');
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

  it('F34 registers once, unread, what a pull request is to bring', async () => {
    const addLocation = jest.fn().mockResolvedValue({});
    const getLocationByRef = jest.fn().mockResolvedValue(undefined);
    const catalog = catalogServiceMock.mock({ addLocation, getLocationByRef });
    const action = createRegisterComponentAction({ catalog, integrations });
    const coming = { input: { ...input, isComing: true } };
    const { output } = await runAction(action, coming);
    expect(output).toEqual({ catalogInfoUrl: target });
    getLocationByRef.mockResolvedValue({ id: '1', type: 'url', target });
    await runAction(action, coming);
    expect(addLocation.mock.calls.map(([request]) => request)).toEqual([
      { type: 'url', target },
    ]);
    expect(getLocationByRef.mock.calls[0][0]).toBe(`url:${target}`);
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

  it('says in a dry run what the catalog would read, and registers nothing', async () => {
    const { action, addLocation } = setUp({ exists: false, entities: [] });
    const workspacePath = await mkdtemp(join(tmpdir(), 'fairway-'));
    await mkdir(join(workspacePath, 'source', 'deeper'), { recursive: true });
    await writeFile(
      join(workspacePath, 'source', 'catalog-info.yaml'),
      [
        JSON.stringify({ ...component, spec: { owner: 'group:default/a' } }),
        JSON.stringify({ kind: 'API', metadata: { name: 'greeter-api' } }),
      ].join('\n---\n'),
    );
    await writeFile(
      join(workspacePath, 'source', 'deeper', 'catalog-info.yaml'),
      '{ kind: Component, metadata: { name: fixture } }',
    );

    const { output } = await runAction(action, {
      input,
      workspacePath,
      isDryRun: true,
    });

    await rm(workspacePath, { recursive: true });
    expect(addLocation).not.toHaveBeenCalled();
    expect(output.planned).toEqual([
      expect.objectContaining({
        kind: 'catalogEntry',
        name: 'component:default/greeter',
        change: 'create',
        properties: [{ name: 'owner', value: 'group:default/a' }],
        content: expect.stringContaining('kind: Component'),
      }),
      expect.objectContaining({
        name: 'api:default/greeter-api',
        change: 'update',
      }),
    ]);
  });

  it('names the file in a dry run whose workspace holds no entities', async () => {
    const { action } = setUp({ exists: false, entities: [] });
    const { output } = await runAction(action, { input, isDryRun: true });
    expect(output.planned).toEqual([
      expect.objectContaining({ kind: 'catalogEntry', name: target }),
    ]);
  });
});
