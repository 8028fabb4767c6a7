import { noise, seedOf } from '../src/world/aws/noise';

const ODD_TEXTS = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '%2e%2e%2f',
  '%00',
  '%',
  '%E0%A4%A',
  '%u0041',
  '\u0000',
  '\r\nx: y',
  '\ufeff',
  '\u202e',
  '\ud800',
  'é́',
  '💥',
  "' OR 1=1 --",
  '$(id)',
  '`id`',
  '--output=/tmp/x',
  '-',
  '{{7*7}}',
  '${jndi:x}',
  '<script>',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  'true',
  '0',
  '-1',
  '1e309',
  '9007199254740993',
  '99999999999999999999',
  '2026-13-45T99:99:99Z',
  '0000000000000000000000000000000000000000',
  'arn:aws:::',
  'a'.repeat(300),
  'x'.repeat(5000),
  '/'.repeat(200),
  '[]',
  '{}',
];

/** Choices that are the same for the same seed. */
export class Chance {
  private step = 0;
  private readonly seed: number;

  constructor(seed: string) {
    this.seed = seedOf(seed);
  }

  /** From 0 (included) to 1. */
  next(): number {
    this.step += 1;
    return noise(this.seed, this.step);
  }

  /** From 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  happens(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** Text that programs stumble over. */
  oddText(): string {
    return this.happens(0.15)
      ? this.bytes(this.below(40)).toString('latin1')
      : this.pick(ODD_TEXTS);
  }

  /** Any JSON value, at most four levels deep. */
  json(depth = 0): unknown {
    switch (this.below(depth > 3 ? 5 : 8)) {
      case 0:
        return this.oddText();
      case 1:
        return this.pick([0, -1, 1.5, 1e308, -0, 2 ** 53, 42]);
      case 2:
        return this.happens(0.5);
      case 3:
        return null;
      case 4:
        return `${this.below(1e6)}`;
      case 5:
      case 6:
        return Object.fromEntries(
          Array.from({ length: this.below(4) }, () => [
            this.oddText().slice(0, 20),
            this.json(depth + 1),
          ]),
        );
      default:
        return Array.from({ length: this.below(4) }, () =>
          this.json(depth + 1),
        );
    }
  }

  /** The same with a few bytes changed, cut or doubled. */
  broken(body: Buffer): Buffer {
    const copy = Buffer.from(body);
    switch (this.below(5)) {
      case 0:
        return copy.subarray(0, this.below(copy.length + 1));
      case 1:
        return Buffer.concat([copy, this.bytes(1 + this.below(20))]);
      case 2:
        return Buffer.concat([copy, copy]);
      default:
        for (let count = 1 + this.below(4); count > 0 && copy.length; count--) {
          copy[this.below(copy.length)] = this.below(256);
        }
        return copy;
    }
  }
}
