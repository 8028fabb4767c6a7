/** Types by path; items of a list share one path, `images[].imageTag`. */
export type Shape = Map<string, string>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The shape of a reply: which members it has, and of which types; empty lists have no items. */
export function shapeOf(reply: object): Shape {
  const shape: Shape = new Map();
  const walk = (value: unknown, path: string) => {
    if (value === undefined || value === null) {
      return;
    }
    if (Array.isArray(value)) {
      shape.set(path, 'list');
      value.forEach(item => walk(item, `${path}[]`));
    } else if (value instanceof Date) {
      shape.set(path, 'time');
    } else if (value instanceof Uint8Array) {
      shape.set(path, 'bytes');
    } else if (typeof value === 'object') {
      shape.set(path, 'structure');
      for (const [key, member] of Object.entries(value)) {
        // Made-up ids are keys of some maps.
        const name = UUID.test(key) ? '<id>' : key;
        walk(member, path ? `${path}.${name}` : name);
      }
    } else {
      shape.set(path, typeof value);
    }
  };
  const { $metadata, ...members } = reply as { $metadata?: unknown };
  walk(members, '');
  return shape;
}

/** How two shapes differ, one line each; of a part that only one has, only its root. */
export function compareShapes(sandbox: Shape, moto: Shape): string[] {
  return [
    ...rootsOf([...sandbox.keys()].filter(path => !moto.has(path))).map(
      path => `only the sandbox has ${path}`,
    ),
    ...rootsOf([...moto.keys()].filter(path => !sandbox.has(path))).map(
      path => `only moto has ${path}`,
    ),
    ...[...sandbox]
      .filter(([path, type]) => moto.has(path) && moto.get(path) !== type)
      .map(
        ([path, type]) => `${path} is a ${type}, in moto a ${moto.get(path)}`,
      ),
  ];
}

function rootsOf(paths: string[]): string[] {
  return paths.filter(
    path =>
      !paths.some(
        other => path.startsWith(`${other}.`) || path.startsWith(`${other}[`),
      ),
  );
}
