/**
 * Answers that never change, kept until there are too many: the least recently
 * used goes first. Who asks for one that is being made gets that one. A failure
 * is told to all who wait, and is not kept.
 */
export class KeptAnswers<T> {
  readonly #answers = new Map<string, Promise<T>>();

  constructor(private readonly max: number) {}

  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key);
    const answer = known ?? make();
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    if (known) return known;
    answer.catch(() => {
      if (this.#answers.get(key) === answer) this.#answers.delete(key);
    });
    if (this.#answers.size > this.max) {
      const [oldest] = this.#answers.keys();
      this.#answers.delete(oldest);
    }
    return answer;
  }
}
