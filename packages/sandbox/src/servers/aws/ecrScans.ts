import { AwsError } from '../../world/aws/AwsError';
import { paginate } from '../../world/aws/paginate';
import { scanOf, severityCounts } from '../../world/aws/registry/scanFindings';
import { invalidToken, pageSize } from './ecrShared';
import { registryOf } from './ecrAccess';
import { Handlers } from './handlers';

/** Amazon ECR: basic scans of images. */
export const ecrScanHandlers: Handlers<typeof import('@aws-sdk/client-ecr')> = {
  StartImageScan(input, context) {
    const registry = registryOf(input, context, 'StartImageScan');
    const image = context.aws.registry.getImage(
      registry,
      input.repositoryName!,
      { digest: input.imageId!.imageDigest, tag: input.imageId!.imageTag },
    );
    context.aws.registry.startScan(image);
    return {
      registryId: registry.accountId,
      repositoryName: input.repositoryName,
      imageId: { ...input.imageId, imageDigest: image.digest },
      imageScanStatus: { status: 'IN_PROGRESS' },
    };
  },

  DescribeImageScanFindings(input, context) {
    const name = input.repositoryName!;
    const registry = registryOf(input, context, 'DescribeImageScanFindings');
    const image = context.aws.registry.getImage(registry, name, {
      digest: input.imageId!.imageDigest,
      tag: input.imageId!.imageTag,
    });
    const scan = scanOf(image, context.aws.clock.now());
    if (!scan) {
      throw new AwsError(
        'ScanNotFoundException',
        `Image scan does not exist for the image with '{imageDigest:'${
          image.digest
        }', imageTag:'${
          input.imageId!.imageTag ?? 'null'
        }'}' in the repository with name '${name}' in the registry with id '${
          registry.accountId
        }'`,
      );
    }
    const page = paginate(scan.findings, {
      token: input.nextToken,
      size: pageSize(input.maxResults),
      tokenError: invalidToken(),
    });
    return {
      registryId: registry.accountId,
      repositoryName: name,
      imageId: { ...input.imageId, imageDigest: image.digest },
      imageScanStatus: {
        status: scan.status,
        description:
          scan.status === 'COMPLETE'
            ? 'The scan was completed successfully.'
            : undefined,
      },
      imageScanFindings: scan.completedAt && {
        imageScanCompletedAt: scan.completedAt,
        vulnerabilitySourceUpdatedAt: scan.completedAt,
        findingSeverityCounts: severityCounts(scan.findings),
        findings: page.items.map(finding => ({
          name: finding.name,
          description: finding.description,
          uri: `https://security-tracker.debian.org/tracker/${finding.name}`,
          severity: finding.severity,
          attributes: [
            { key: 'package_version', value: finding.packageVersion },
            { key: 'package_name', value: finding.packageName },
            { key: 'CVSS3_SCORE', value: finding.score },
          ],
        })),
      },
      nextToken: page.nextToken,
    };
  },
};
