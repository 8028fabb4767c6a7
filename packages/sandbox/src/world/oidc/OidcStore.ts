import { join } from 'node:path';
import { JsonFile } from '../aws/JsonFile';
import { World } from '../types';

/** What the identity provider remembers about one thing, as it wrote it. */
export interface OidcPayload {
  grantId?: string;
  userCode?: string;
  uid?: string;
  /** Seconds since 1970; a code or token that was used. */
  consumed?: number;
  [key: string]: unknown;
}

interface OidcRecord {
  payload: OidcPayload;
  /** Milliseconds since 1970; absent: for good. */
  expiresAt?: number;
}

// an interaction names a grant too, and outlives it: somebody else signs in
const GIVEN_OUT = /^(AccessToken|AuthorizationCode|RefreshToken|DeviceCode):/;

/**
 * Sessions, grants, codes and tokens of the identity provider, by model and id.
 *
 * Kept in `oidc/state.json`. Times are the machine's, not the world's: tokens
 * are judged by programs that know nothing of the world's clock.
 */
export class OidcStore {
  private readonly records: Map<string, OidcRecord>;
  private readonly file: JsonFile<Array<[string, OidcRecord]>>;

  private constructor(path: string) {
    this.file = new JsonFile(path, () => {
      this.prune();
      return [...this.records];
    });
    this.records = new Map(this.file.load());
    this.prune();
  }

  /**
   * What was left on disk; forgotten when the world is reset.
   *
   * @throws Error - the file is there but cannot be read; the message names it.
   */
  static open(world: World): OidcStore {
    const store = new OidcStore(join(world.dataDir, 'oidc', 'state.json'));
    world.onReset(() => store.clear());
    world.onClose(() => store.file.flush());
    return store;
  }

  /** Undefined when there is none, or no more. */
  find(model: string, id: string): OidcPayload | undefined {
    return this.living(key(model, id))?.payload;
  }

  /** The first of a model whose field has this value. */
  findBy(
    model: string,
    field: 'uid' | 'userCode',
    value: string,
  ): OidcPayload | undefined {
    for (const name of this.records.keys()) {
      const payload = name.startsWith(`${model}:`)
        ? this.living(name)?.payload
        : undefined;
      if (payload?.[field] === value) {
        return payload;
      }
    }
    return undefined;
  }

  /** @param expiresIn - seconds; absent: for good */
  save(
    model: string,
    id: string,
    payload: OidcPayload,
    expiresIn?: number,
  ): void {
    this.records.set(key(model, id), {
      payload,
      ...(expiresIn && { expiresAt: Date.now() + expiresIn * 1000 }),
    });
    this.file.touch();
  }

  /** Marks a code or token as used. */
  consume(model: string, id: string): void {
    const record = this.living(key(model, id));
    if (record) {
      record.payload.consumed = Math.floor(Date.now() / 1000);
      this.file.touch();
    }
  }

  remove(model: string, id: string): void {
    this.records.delete(key(model, id));
    this.file.touch();
  }

  /** Codes and tokens that were given out on a grant. */
  removeGrant(grantId: string): void {
    for (const [name, { payload }] of this.records) {
      if (payload.grantId === grantId && GIVEN_OUT.test(name)) {
        this.records.delete(name);
      }
    }
    this.file.touch();
  }

  /** Signs everybody out. */
  clear(): void {
    this.records.clear();
    this.file.touch();
  }

  private living(name: string): OidcRecord | undefined {
    const record = this.records.get(name);
    if (record?.expiresAt !== undefined && record.expiresAt <= Date.now()) {
      this.records.delete(name);
      return undefined;
    }
    return record;
  }

  private prune() {
    for (const name of [...this.records.keys()]) {
      this.living(name);
    }
  }
}

function key(model: string, id: string): string {
  return `${model}:${id}`;
}
