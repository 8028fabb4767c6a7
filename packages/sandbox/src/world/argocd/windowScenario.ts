import { World } from '../types';
import { ArgocdEngine } from './ArgocdEngine';
import { Application } from './types';

const DESCRIPTION = 'Freeze (scenario sync-window-closed)';

/**
 * Registers `sync-window-closed`: a deny window in the project of an
 * application, from this minute on, for all of the project's applications in
 * the same cluster.
 */
export function registerWindowScenario(
  world: Pick<World, 'scenarios' | 'clock'>,
  engine: ArgocdEngine,
  find: (parameters: Record<string, unknown>) => Promise<Application>,
): void {
  const { store } = engine;
  const lookAgain = (project: string) =>
    store
      .list()
      .filter(application => application.spec.project === project)
      .forEach(application => engine.refreshLater(application.metadata.name));

  world.scenarios.register({
    name: 'sync-window-closed',
    description:
      'A deny window closes the cluster of one application for its project: nothing is synced there until it ends.',
    parameters: [
      {
        name: 'application',
        description: 'name of the Argo CD application',
        default: 'sample-backend-uat',
      },
      {
        name: 'hours',
        description: 'how long it stays closed',
        type: 'number',
        default: 8,
      },
    ],
    async start(parameters) {
      const { spec } = await find(parameters);
      const hours = Number(parameters.hours ?? 8);
      if (!(hours >= 1 && hours <= 24 * 7)) {
        throw new Error(`hours is from 1 to 168, not ${parameters.hours}`);
      }
      const project = store.projects.get(spec.project)!;
      const now = world.clock.now();
      project.spec.syncWindows = [
        ...(project.spec.syncWindows ?? []),
        {
          kind: 'deny',
          schedule: [
            now.getUTCMinutes(),
            now.getUTCHours(),
            now.getUTCDate(),
            now.getUTCMonth() + 1,
            '*',
          ].join(' '),
          duration: `${Math.round(hours * 60)}m`,
          clusters: [spec.destination.name ?? spec.destination.server!],
          description: DESCRIPTION,
        },
      ];
      store.saveProject(project);
      engine.write();
      lookAgain(spec.project);
      return { project: spec.project, hours };
    },
    stop() {
      for (const project of store.projects.values()) {
        const { syncWindows = [] } = project.spec;
        const rest = syncWindows.filter(w => w.description !== DESCRIPTION);
        if (rest.length === syncWindows.length) continue;
        project.spec.syncWindows = rest.length ? rest : undefined;
        store.saveProject(project);
        engine.write();
        lookAgain(project.metadata.name);
      }
    },
    // The project remembers.
    resume() {},
  });
}
