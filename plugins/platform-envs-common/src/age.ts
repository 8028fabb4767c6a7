const AGE_PLACE = /\{age:([^{}]{1,40})\}/g;

/**
 * Puts ages into a sentence that was made without a time: each place
 * `{age:<ISO 8601 time>}` becomes how long that is ago.
 *
 * @public
 */
export function tellAges(sentence: string, now: Date): string {
  return sentence.includes('{age:')
    ? sentence.replace(AGE_PLACE, (_, since) => formatAge(since, now))
    : sentence;
}

/** An age, or the place where it goes once it is known what time it is. */
export function age(since: string, now: Date | undefined): string {
  return now ? formatAge(since, now) : `{age:${since}}`;
}

/** The age of a moment in words: `40 s`, `4 min`, `5 h`, `3 days`. @public */
export function formatAge(since: string, now: Date): string {
  const seconds = Math.max(
    0,
    Math.round((now.getTime() - Date.parse(since)) / 1000),
  );
  if (Number.isNaN(seconds)) return 'an unknown time';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? '1 day' : `${days} days`;
}
