import Module from 'node:module';

/**
 * Has modules loaded when something of them is used for the first time, and not
 * where they are required. What they hold and how they fail is the same, later.
 * Only for CommonJS modules that export an object.
 */
export function loadLater(names: readonly string[]): void {
  const load = Module.prototype.require;
  const later = new Set(names);
  Module.prototype.require = function require(this: NodeJS.Module, id: string) {
    return later.has(id)
      ? onFirstUse(() => load.call(this, id))
      : load.call(this, id);
  } as NodeJS.Require;
}

/** Stands for an object until something of it is used. */
export function onFirstUse(load: () => object): object {
  let loaded: object | undefined;
  const all = () => (loaded ??= load());
  return new Proxy(
    {},
    {
      get: (_, key) =>
        key === 'default' && !('default' in all())
          ? all()
          : Reflect.get(all(), key),
      // compiled imports ask for this first, and copy all that there is without it
      has: (_, key) => key === 'default' || key in all(),
      set: (_, key, value) => Reflect.set(all(), key, value),
      ownKeys: () => Reflect.ownKeys(all()),
      getOwnPropertyDescriptor: (_, key) => {
        const found = Object.getOwnPropertyDescriptor(all(), key);
        return found && { ...found, configurable: true };
      },
    },
  );
}
