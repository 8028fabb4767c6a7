/** What the scaffolder answers when values do not fit a template's schema. */
interface Refusal {
  error?: { message?: string };
  errors?: Array<{ property?: string; message?: string }>;
}

/** No sentence of a refusal is longer; values are quoted in some. */
const LONGEST = 400;

/** Why the scaffolder did not take a run, one sentence each. */
export function explainRefusal(error: Error): string[] {
  const body = error.message.match(/\{[\s\S]*\}\s*$/)?.[0];
  try {
    const refusal: Refusal = JSON.parse(body ?? '');
    const lines = refusal.errors?.map(({ property, message }) =>
      [property?.replace(/^instance\.?/, ''), message]
        .filter(Boolean)
        .join(': '),
    ) ?? [refusal.error?.message ?? error.message];
    return lines.map(shorten);
  } catch {
    return [shorten(error.message)];
  }
}

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
