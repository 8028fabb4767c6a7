import { EcsEngine, EcsSurroundings } from './EcsEngine';
import { registerEcsScenarios } from './ecsScenarios';
import { followReleases } from './followReleases';
import { seedEcs } from './seedEcs';

/**
 * Starts ECS: as left on disk, else as the platforms seed it; then it follows
 * git. It is written when the world closes and seeded anew when it is reset.
 */
export function startEcs(world: EcsSurroundings): EcsEngine {
  const engine = new EcsEngine(world);
  const isKept = engine.store.load();
  if (!isKept) {
    seedEcs(engine, world.platforms);
  }
  if (!isKept || !engine.usage.load()) {
    engine.usage.begin(engine.store);
  }
  const releases = followReleases(engine, world);
  engine.wake();
  releases.catchUp();
  registerEcsScenarios(world, engine);
  world.onReset(() => {
    engine.rest();
    engine.showImages();
    engine.store.clear();
    seedEcs(engine, world.platforms);
    engine.usage.begin(engine.store);
    engine.wake();
    releases.catchUp();
  });
  world.onClose(() => {
    releases.stop();
    engine.rest();
    engine.store.flush();
    engine.usage.flush();
  });
  return engine;
}
