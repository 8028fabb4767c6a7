import { execFileSync } from 'node:child_process';

/** Fields of each type of Kubernetes' API, by the type's name: name and type of each. */
export type ObjectModel = Record<string, Array<[string, string]>>;

/**
 * The API's types as the official client for JavaScript has them, which is
 * generated from Kubernetes' own OpenAPI description. It is read by a process
 * of its own: it consists of ES modules.
 */
export function readObjectModel(): ObjectModel {
  const script = `
    import('@kubernetes/client-node').then(client => {
      const types = Object.entries(client)
        .filter(([, type]) => typeof type?.getAttributeTypeMap === 'function')
        .map(([name, type]) => [
          name,
          type.getAttributeTypeMap().map(field => [field.baseName, field.type]),
        ]);
      process.stdout.write(JSON.stringify(Object.fromEntries(types)));
    });`;
  const output = execFileSync(process.execPath, ['-e', script], {
    cwd: __dirname,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(output.toString('utf8'));
}

/** What disagrees between a value and a type of the model: unknown fields, wrong types. */
export function disagreements(
  model: ObjectModel,
  type: string,
  value: unknown,
  at = '',
): string[] {
  const wrong = [`${at || '/'}: ${JSON.stringify(value)} is no ${type}`];
  const listed = /^Array<(.+)>$/.exec(type)?.[1];
  const mapped = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  // Go writes times, slices and maps that are not set as null.
  if (value === null && (listed || mapped || type === 'Date')) {
    return [];
  }
  if (listed) {
    return Array.isArray(value)
      ? value.flatMap((item, index) =>
          disagreements(model, listed, item, `${at}/${index}`),
        )
      : wrong;
  }
  if (mapped || model[type]) {
    if (!value || typeof value !== 'object' || Array.isArray(value)) {
      return wrong;
    }
    const fields = new Map(model[type] ?? []);
    return Object.entries(value).flatMap(([name, inner]) => {
      const innerType = mapped ?? fields.get(name);
      return innerType
        ? disagreements(model, innerType, inner, `${at}/${name}`)
        : [`${at}/${name} is unknown to ${type}`];
    });
  }
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
      // eslint-disable-next-line valid-typeof
      return typeof value === type ? [] : wrong;
    case 'Date':
    case 'V1MicroTime':
      return Number.isNaN(Date.parse(String(value))) ? wrong : [];
    case 'IntOrString':
      return ['string', 'number'].includes(typeof value) ? [] : wrong;
    case 'any':
      return [];
    default:
      return [`${at}: the model has no ${type}`];
  }
}
