import { FastifyInstance } from 'fastify';
import { createHash } from 'node:crypto';
import { AwsWorld } from '../../world/aws/AwsWorld';
import { readLayer } from '../../world/aws/registry/imageLayers';
import { RegistryRef } from '../../world/aws/registry/types';
import { HttpError } from '../createServer';

// Links of ECR live an hour.
const LINK_MS = 60 * 60 * 1000;

const proofOf = (...words: Array<string | number>) =>
  createHash('sha256').update(words.join('/')).digest('hex');

/** A link to a layer's bytes, good for an hour and without signing, as ECR's into S3. */
export function layerUrl(
  aws: AwsWorld,
  { accountId, region }: RegistryRef,
  repository: string,
  digest: string,
): string {
  const expires = aws.clock.now().getTime() + LINK_MS;
  const query = new URLSearchParams({
    repository,
    expires: String(expires),
    proof: proofOf(accountId, region, repository, digest, expires),
  });
  return `${aws.urls.aws}/layers/${accountId}/${region}/${digest}?${query}`;
}

/** Serves what {@link layerUrl} links to. */
export function addLayerRoute(server: FastifyInstance, aws: AwsWorld): void {
  server.get('/layers/:accountId/:region/:digest', async (request, reply) => {
    const { accountId, region, digest } = request.params as Record<
      string,
      string
    >;
    const { repository, expires, proof } = request.query as Record<
      string,
      string | undefined
    >;
    if (
      !repository ||
      !expires ||
      proof !== proofOf(accountId, region, repository, digest, expires) ||
      Number(expires) < aws.clock.now().getTime()
    ) {
      throw new HttpError(403, 'Request has expired');
    }
    const registry = { accountId, region };
    const content =
      aws.registry.repositories.find(registry, repository) &&
      readLayer(aws.registry, registry, repository, digest);
    if (!content) {
      throw new HttpError(404, 'The specified key does not exist.');
    }
    return reply.type('application/octet-stream').send(content);
  });
}
