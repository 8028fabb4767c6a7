import { createHash } from 'node:crypto';

/** Enough that two of thousands never meet, and no more: one of each application is kept. */
const CHARACTERS = 12;

/** Of the application: in an application as Argo CD writes it, nothing comes before it that is called so. */
const VERSION = /"resourceVersion":"[^"]*"/;

/**
 * What is written anew at each reconciliation, every two or three minutes, and
 * is read by nobody. A label is never taken for one of them: its value is no
 * bare number, and has no colon.
 */
const RECONCILED =
  /"generation":\d+|"(?:reconciledAt|time)":"\d{4}-\d\d-\d\dT[^"]*"/g;

/**
 * Tells messages of the stream of applications apart, without reading them: two
 * that differ only by when Argo CD last looked have the same.
 */
export function fingerprintOf(message: string): string {
  return createHash('sha1')
    .update(message.replace(VERSION, '').replace(RECONCILED, ''))
    .digest('base64')
    .slice(0, CHARACTERS);
}
