import { ImageRegistry } from '../ImageRegistry';
import { policyAllows } from '../repositoryPolicy';
import { parseImage, pullImage } from '../../kubernetes/imageReference';
import { EcsPlace } from './records';

/** What came of pulling an image. */
export type Pull = { digest: string } | { error: string };

/**
 * Pulls an image as a Fargate task does: from the registry that its name says,
 * which must have the repository and the image, and let the task's account in.
 * Images of other registries than ECR are taken to exist.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
 */
export function pullForTask(
  images: ImageRegistry,
  image: string,
  place: EcsPlace,
): Pull {
  const refused = (why: string): Pull => ({
    error: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${why}`,
  });
  const { ecr } = parseImage(image);
  if (ecr) {
    const repository = images.repositories.find(ecr, ecr.repository);
    if (!repository) {
      return refused(
        `name unknown: The repository with name '${ecr.repository}' does not exist in the registry with id '${ecr.accountId}'`,
      );
    }
    if (
      ecr.accountId !== place.accountId &&
      !(
        repository.policy &&
        policyAllows(repository.policy, place.accountId, 'ecr:BatchGetImage')
      )
    ) {
      return refused(
        `unexpected status from HEAD request to https://${ecr.accountId}.dkr.ecr.${ecr.region}.amazonaws.com/v2/${ecr.repository}: 403 Forbidden`,
      );
    }
  }
  const digest = pullImage(images, image);
  return digest ? { digest } : refused(`${image}: not found`);
}
