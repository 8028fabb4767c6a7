import { noise, seedOf } from '../noise';
import { RegistryImage } from './types';

// ECR takes from some seconds to a few minutes.
const SCAN_MS = 4_000;
const DAY_MS = 24 * 60 * 60 * 1000;

export type Severity = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW' | 'INFORMATIONAL';

/** A weakness that a scan found in an image. */
export interface ScanFinding {
  name: string;
  severity: Severity;
  packageName: string;
  packageVersion: string;
  description: string;
  score: string;
}

/** How a scan stands. */
export interface ScanResult {
  status: 'IN_PROGRESS' | 'COMPLETE';
  completedAt: Date | undefined;
  /** The worst first; empty while it runs. */
  findings: ScanFinding[];
}

const finding = (
  name: string,
  severity: Severity,
  packageName: string,
  packageVersion: string,
  score: string,
  description: string,
): ScanFinding => ({
  name,
  severity,
  packageName,
  packageVersion,
  description,
  score,
});

/** Weaknesses of base images, as published; the worst first. */
const KNOWN: ScanFinding[] = [
  finding(
    'CVE-2023-45853',
    'CRITICAL',
    'zlib',
    '1:1.2.13.dfsg-1',
    '9.8',
    'MiniZip in zlib through 1.3 has an integer overflow and resultant heap-based buffer overflow in zipOpenNewFileInZip4_64.',
  ),
  finding(
    'CVE-2024-2961',
    'HIGH',
    'glibc',
    '2.36-9+deb12u4',
    '8.8',
    'The iconv() function of glibc may overflow the output buffer when converting to ISO-2022-CN-EXT.',
  ),
  finding(
    'CVE-2023-52425',
    'HIGH',
    'expat',
    '2.5.0-1',
    '7.5',
    'libexpat through 2.5.0 allows a denial of service because many full reparsings are required for a large token.',
  ),
  finding(
    'CVE-2024-28085',
    'MEDIUM',
    'util-linux',
    '2.38.1-5',
    '5.5',
    'wall in util-linux does not filter escape sequences from command line arguments.',
  ),
  finding(
    'CVE-2024-0727',
    'MEDIUM',
    'openssl',
    '3.0.11-1~deb12u2',
    '5.5',
    'Processing a maliciously formatted PKCS12 file may lead OpenSSL to crash.',
  ),
  finding(
    'CVE-2011-3374',
    'LOW',
    'apt',
    '2.6.1',
    '3.7',
    'apt-key in apt does not correctly validate gpg keys with the master keyring.',
  ),
  finding(
    'CVE-2010-4756',
    'INFORMATIONAL',
    'glibc',
    '2.36-9+deb12u4',
    '4.0',
    'The glob implementation of glibc allows a denial of service by crafted expressions.',
  ),
];

// How likely an image is to have a weakness, by severity.
const LIKELIHOOD: Record<Severity, number> = {
  CRITICAL: 0.06,
  HIGH: 0.25,
  MEDIUM: 0.5,
  LOW: 0.8,
  INFORMATIONAL: 0.9,
};

/** What a basic scan finds in an image; the same for a digest every time. */
export function findingsOf(digest: string): ScanFinding[] {
  return KNOWN.filter(
    ({ name, severity }) =>
      noise(seedOf(`${digest}/${name}`), 1) < LIKELIHOOD[severity],
  );
}

/** How the last scan of an image stands; undefined when there was none. */
export function scanOf(
  image: RegistryImage,
  now: Date,
): ScanResult | undefined {
  if (!image.scanStartedAt) {
    return undefined;
  }
  const completedAt = new Date(Date.parse(image.scanStartedAt) + SCAN_MS);
  return completedAt > now
    ? { status: 'IN_PROGRESS', completedAt: undefined, findings: [] }
    : { status: 'COMPLETE', completedAt, findings: findingsOf(image.digest) };
}

/** Whether an image may be scanned by hand: once in 24 hours. */
export function mayScan(image: RegistryImage, now: Date): boolean {
  return (
    !image.scanStartedAt ||
    now.getTime() - Date.parse(image.scanStartedAt) >= DAY_MS
  );
}

/** Number of findings by severity. */
export function severityCounts(
  findings: ScanFinding[],
): Partial<Record<Severity, number>> {
  const counts: Partial<Record<Severity, number>> = {};
  for (const { severity } of findings) {
    counts[severity] = (counts[severity] ?? 0) + 1;
  }
  return counts;
}
