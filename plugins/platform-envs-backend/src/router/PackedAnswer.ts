import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const pack = promisify(gzip);

/** Times of reading in an answer may be this old; whatever shows changes its name. */
const KEEP_MS = 5_000;

/**
 * The last large answer, packed once for all who ask for it: when a source
 * goes quiet every open board asks for the whole at once.
 */
export class PackedAnswer {
  #name?: string;
  #packedAt = 0;
  #body?: Promise<Buffer>;

  /** The answer of that name with gzip; `make` is asked for its text where it is not at hand. */
  get(name: string, make: () => string): Promise<Buffer> {
    const now = performance.now();
    if (this.#name !== name || now - this.#packedAt > KEEP_MS) {
      this.#name = name;
      this.#packedAt = now;
      this.#body = pack(make());
    }
    return this.#body!;
  }
}
