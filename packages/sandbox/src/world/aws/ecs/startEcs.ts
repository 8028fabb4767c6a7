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
  if (!engine.store.load()) {
    seedEcs(engine, world.platforms);
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
    engine.wake();
    releases.catchUp();
  });
  world.onClose(() => {
    releases.stop();
    engine.rest();
    engine.store.flush();
  });
  return engine;
}
