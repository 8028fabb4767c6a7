/** Words that a sentence begins with which says what to do. */
const ORDERS =
  /(?:[.;:]|,)\s+((?:add|allow|ask|begin|change|check|choose|configure|delete|find|give|grant|have|import|install|make|mend|merge|open|press|put|raise|register|remove|retry|run|say|set|shorten|try|unarchive|use|wait|write)(?=\s).*)$/is;

/**
 * A message as the portal writes them, "the thing: what to do", in its two
 * halves. One that does not say what to do gets `fallback`.
 */
export function splitNextStep(
  message: string,
  fallback: string,
): { message: string; nextStep: string } {
  const found = ORDERS.exec(message);
  if (!found || found.index === 0) return { message, nextStep: fallback };
  const [, order] = found;
  return {
    message: message.slice(0, found.index),
    nextStep: order.charAt(0).toUpperCase() + order.slice(1),
  };
}
