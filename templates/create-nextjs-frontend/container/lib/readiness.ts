const KEY = Symbol.for('service.readiness');
const holder = globalThis as { [KEY]?: { stopping: boolean } };

/** Whether this process takes new requests; not any more once it stops. */
export function readiness(): { stopping: boolean } {
  holder[KEY] ??= { stopping: false };
  return holder[KEY];
}
