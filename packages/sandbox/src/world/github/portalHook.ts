import { OwnedWorld } from '../World';
import { Webhook } from './githubTypes';

/** Who is told of pushes from the start. */
export interface PortalHook {
  /** On loopback: the sandbox delivers nowhere else. */
  url: string;
  secret: string;
}

/**
 * Gives every repository of the platforms a webhook for pushes, as somebody
 * would who installs the portal; again after each reset. One that was left by
 * an earlier start is brought up to date.
 */
export function keepPortalHook(world: OwnedWorld, hook: PortalHook): void {
  const give = () => {
    for (const name of world.platforms.flatMap(p => p.repositories)) {
      const repository = world.github.repository(name);
      if (!repository) continue;
      const config: Webhook['config'] = {
        url: hook.url,
        content_type: 'json',
        secret: hook.secret,
      };
      const path = new URL(hook.url).pathname;
      const known = repository.hooks.find(
        other => URL.parse(other.config.url)?.pathname === path,
      );
      if (known) {
        known.config = config;
      } else {
        repository.hooks.push({
          id: world.github.nextId(),
          name: 'web',
          active: true,
          events: ['push'],
          config,
          createdAt: world.clock.now().toISOString(),
          deliveries: [],
        });
      }
    }
    world.github.save();
  };
  give();
  world.onReset(give);
}
