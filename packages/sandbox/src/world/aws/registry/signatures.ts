import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
} from 'node:crypto';
import { digestOf, ImagePart, OCI_MANIFEST } from './playedImage';

/** Kind of artifact that carries a signature of cosign. */
export const SIGNATURE_TYPE = 'application/vnd.dev.cosign.artifact.sig.v1+json';
const PAYLOAD_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const SIGNATURE_ANNOTATION = 'dev.cosignproject.cosign/signature';
const EMPTY = '{}';
// What stands before the 32 bytes of an Ed25519 key in PKCS #8.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key of the sandbox's CI. No secret: it signs nothing but made-up images. */
const CI_KEY = createPrivateKey({
  key: Buffer.concat([
    PKCS8_PREFIX,
    createHash('sha256').update('the CI of the Fairway sandbox').digest(),
  ]),
  format: 'der',
  type: 'pkcs8',
});

/** Public key of the sandbox's CI, PEM: what an image gate checks signatures with. */
export function ciPublicKey(): string {
  return String(
    createPublicKey(CI_KEY).export({ format: 'pem', type: 'spki' }),
  );
}

/** A signature as an OCI artifact that refers to the image it signs. */
export interface SignatureArtifact {
  digest: string;
  manifest: string;
  /** Blobs that the manifest names, by digest. */
  blobs: Record<string, string>;
  sizeBytes: number;
}

/**
 * The CI's signature of an image, as `cosign sign` attaches it: an artifact
 * whose one layer is the signed payload, its signature an annotation.
 *
 * @param reference - repository of the image, `<registry>/<name>`
 * @see https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
export function signatureOf(
  reference: string,
  subject: ImagePart,
): SignatureArtifact {
  const payload = JSON.stringify({
    critical: {
      identity: { 'docker-reference': reference },
      image: { 'docker-manifest-digest': subject.digest },
      type: 'cosign container image signature',
    },
    optional: null,
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: SIGNATURE_TYPE,
    config: {
      mediaType: 'application/vnd.oci.empty.v1+json',
      digest: digestOf(EMPTY),
      size: EMPTY.length,
    },
    layers: [
      {
        mediaType: PAYLOAD_TYPE,
        digest: digestOf(payload),
        size: Buffer.byteLength(payload),
        annotations: {
          [SIGNATURE_ANNOTATION]: sign(
            null,
            Buffer.from(payload),
            CI_KEY,
          ).toString('base64'),
        },
      },
    ],
    subject,
  });
  return {
    digest: digestOf(manifest),
    manifest,
    blobs: { [digestOf(payload)]: payload, [digestOf(EMPTY)]: EMPTY },
    sizeBytes: Buffer.byteLength(payload),
  };
}
