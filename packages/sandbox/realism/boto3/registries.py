"""ECR."""

import hashlib
import json

from agreement import REGION, SHARED


def digest_of(content):
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def agree(a):
    ecr = a.client("ecr")
    name = "realism/one"
    here = {"repositoryName": name}
    made = a.call(
        ecr,
        "create_repository",
        lambda r: r["repository"]["repositoryUri"]
        == f"{SHARED}.dkr.ecr.{REGION}.amazonaws.com/{name}",
        tags=[{"Key": "Team", "Value": "one"}],
        imageTagMutability="IMMUTABLE",
        **here,
    )
    arn = made["repository"]["repositoryArn"]
    a.refuses(ecr, "create_repository", "RepositoryAlreadyExistsException", **here)
    a.refuses(ecr, "create_repository", "InvalidParameterException", repositoryName="Upper")
    a.pages(ecr, "describe_repositories", "repositories")
    a.refuses(
        ecr, "describe_repositories", "RepositoryNotFoundException", repositoryNames=["no"]
    )

    a.refuses(ecr, "get_lifecycle_policy", "LifecyclePolicyNotFoundException", **here)
    rules = [
        {
            "rulePriority": 1,
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1},
            "action": {"type": "expire"},
        }
    ]  # fmt: skip
    policy = json.dumps({"rules": rules})
    a.refuses(
        ecr, "put_lifecycle_policy", "InvalidParameterException", lifecyclePolicyText='{"rules":[]}'.ljust(100), **here
    )
    a.call(ecr, "put_lifecycle_policy", lifecyclePolicyText=policy, **here)
    a.call(ecr, "get_lifecycle_policy", lambda r: json.loads(r["lifecyclePolicyText"])["rules"] == rules, **here)
    a.refuses(ecr, "get_repository_policy", "RepositoryPolicyNotFoundException", **here)
    statement = {
        "Sid": "Pull",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{SHARED}:root"},
        "Action": ["ecr:BatchGetImage"],
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    a.call(ecr, "set_repository_policy", policyText=text, **here)
    a.call(
        ecr,
        "get_repository_policy",
        lambda r: json.loads(r["policyText"])["Statement"][0]["Sid"] == "Pull",
        **here,
    )
    a.call(ecr, "delete_repository_policy", **here)

    images(a, ecr, name)
    a.call(ecr, "start_lifecycle_policy_preview", **here)
    a.waits(ecr, "lifecycle_policy_preview_complete", "get_lifecycle_policy_preview", **here)
    a.call(
        ecr,
        "get_lifecycle_policy_preview",
        lambda r: r["summary"]["expiringImageTotalCount"] == 1,
        **here,
    )
    a.call(ecr, "delete_lifecycle_policy", **here)

    a.call(
        ecr,
        "put_image_tag_mutability",
        lambda r: r["imageTagMutability"] == "MUTABLE",
        imageTagMutability="MUTABLE",
        **here,
    )
    a.call(
        ecr, "put_image_scanning_configuration", imageScanningConfiguration={"scanOnPush": True}, **here
    )
    a.call(ecr, "tag_resource", resourceArn=arn, tags=[{"Key": "Cost", "Value": "2"}])
    a.call(
        ecr,
        "list_tags_for_resource",
        lambda r: {t["Key"] for t in r["tags"]} == {"Team", "Cost"},
        resourceArn=arn,
    )
    a.call(ecr, "untag_resource", resourceArn=arn, tagKeys=["Cost"])
    a.refuses(ecr, "delete_repository", "RepositoryNotEmptyException", **here)
    registry(a, ecr)
    a.call(ecr, "delete_repository", force=True, **here)
    a.refuses(ecr, "delete_repository", "RepositoryNotFoundException", **here)


def images(a, ecr, name):
    here = {"repositoryName": name}
    contents = [b'{"architecture":"arm64","os":"linux"}', b"layer" * 1000]
    for content in contents:
        digest = digest_of(content)
        upload = a.call(ecr, "initiate_layer_upload", **here)["uploadId"]
        a.refuses(
            ecr,
            "upload_layer_part",
            "InvalidLayerPartException",
            uploadId=upload,
            partFirstByte=7,
            partLastByte=8,
            layerPartBlob=b"ab",
            **here,
        )
        a.call(
            ecr,
            "upload_layer_part",
            lambda r: r["lastByteReceived"] == len(content) - 1,
            uploadId=upload,
            partFirstByte=0,
            partLastByte=len(content) - 1,
            layerPartBlob=content,
            **here,
        )
        a.call(
            ecr,
            "complete_layer_upload",
            lambda r: r["layerDigest"] == digest,
            uploadId=upload,
            layerDigests=[digest],
            **here,
        )
    layer = digest_of(contents[1])
    a.call(
        ecr,
        "batch_check_layer_availability",
        lambda r: [one["layerAvailability"] for one in r["layers"]] == ["AVAILABLE", "UNAVAILABLE"],
        layerDigests=[layer, digest_of(b"nothing")],
        **here,
    )
    a.call(ecr, "get_download_url_for_layer", lambda r: r["downloadUrl"], layerDigest=layer, **here)

    def manifest(**extra):
        return json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": {
                    "mediaType": "application/vnd.oci.image.config.v1+json",
                    "digest": digest_of(contents[0]),
                    "size": len(contents[0]),
                },
                "layers": [
                    {
                        "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
                        "digest": layer,
                        "size": len(contents[1]),
                    }
                ],
                **extra,
            }
        )

    first = a.call(ecr, "put_image", imageManifest=manifest(), imageTag="1", **here)
    digest = first["image"]["imageId"]["imageDigest"]
    a.refuses(
        ecr, "put_image", "ImageAlreadyExistsException", imageManifest=manifest(), imageTag="1", **here
    )
    other = manifest(annotations={"a": "b"})
    a.refuses(
        ecr, "put_image", "ImageTagAlreadyExistsException", imageManifest=other, imageTag="1", **here
    )
    a.call(ecr, "put_image", imageManifest=other, imageTag="2", **here)
    a.pages(ecr, "describe_images", "imageDetails", **here)
    a.pages(ecr, "list_images", "imageIds", **here)
    a.refuses(
        ecr, "describe_images", "ImageNotFoundException", imageIds=[{"imageTag": "9"}], **here
    )
    a.call(
        ecr,
        "batch_get_image",
        lambda r: r["images"][0]["imageManifest"] == manifest()
        and r["failures"][0]["failureCode"] == "ImageNotFound",
        imageIds=[{"imageTag": "1"}, {"imageTag": "9"}],
        **here,
    )
    a.call(ecr, "list_image_referrers", lambda r: r["referrers"] == [], subjectId={"imageDigest": digest}, **here)
    a.call(ecr, "start_image_scan", imageId={"imageTag": "1"}, **here)
    a.advance(60)
    a.waits(
        ecr, "image_scan_complete", "describe_image_scan_findings", imageId={"imageTag": "1"}, **here
    )
    a.call(ecr, "describe_image_scan_findings", imageId={"imageTag": "1"}, **here)
    a.call(
        ecr, "describe_image_replication_status", imageId={"imageTag": "1"}, **here
    )
    scratch = {"repositoryName": "sample-backend"}
    found = ecr.describe_images(**scratch)["imageDetails"]
    a.call(
        ecr,
        "batch_delete_image",
        lambda r: r["imageIds"] and r["failures"][0]["failureCode"] == "ImageNotFound",
        imageIds=[
            {"imageDigest": min(found, key=lambda i: i["imagePushedAt"])["imageDigest"]},
            {"imageTag": "never"},
        ],
        **scratch,
    )


def registry(a, ecr):
    a.call(ecr, "get_authorization_token", lambda r: r["authorizationData"][0]["expiresAt"])
    before = a.call(ecr, "describe_registry", lambda r: r["registryId"] == SHARED)
    configuration = {
        "rules": [
            {
                "destinations": [{"region": "us-west-2", "registryId": SHARED}],
                "repositoryFilters": [{"filter": "realism", "filterType": "PREFIX_MATCH"}],
            }
        ]
    }
    a.call(
        ecr,
        "put_replication_configuration",
        lambda r: r["replicationConfiguration"] == configuration,
        replicationConfiguration=configuration,
    )
    a.refuses(
        ecr,
        "put_replication_configuration",
        "InvalidParameterException",
        replicationConfiguration={"rules": [{"destinations": [{"region": REGION, "registryId": SHARED}]}]},
    )
    rules = before["replicationConfiguration"]["rules"]
    for rule in rules:
        if not rule["repositoryFilters"]:
            del rule["repositoryFilters"]
    ecr.put_replication_configuration(replicationConfiguration={"rules": rules})
    registry_policy(a, ecr)
    a.call(ecr, "get_registry_scanning_configuration")
    a.call(ecr, "put_registry_scanning_configuration", scanType="BASIC", rules=[])
    a.call(
        ecr,
        "create_pull_through_cache_rule",
        ecrRepositoryPrefix="upstream",
        upstreamRegistryUrl="public.ecr.aws",
    )
    a.call(
        ecr, "describe_pull_through_cache_rules", lambda r: len(r["pullThroughCacheRules"]) == 1
    )
    a.call(ecr, "delete_pull_through_cache_rule", ecrRepositoryPrefix="upstream")
    a.refuses(
        ecr,
        "delete_pull_through_cache_rule",
        "PullThroughCacheRuleNotFoundException",
        ecrRepositoryPrefix="upstream",
    )
    a.call(
        ecr, "create_repository_creation_template", prefix="made", appliedFor=["REPLICATION"]
    )
    a.refuses(
        ecr,
        "create_repository_creation_template",
        "TemplateAlreadyExistsException",
        prefix="made",
        appliedFor=["REPLICATION"],
    )
    a.call(
        ecr,
        "describe_repository_creation_templates",
        lambda r: r["repositoryCreationTemplates"][0]["prefix"] == "made",
    )
    a.call(ecr, "delete_repository_creation_template", prefix="made")
    a.refuses(
        ecr, "delete_repository_creation_template", "TemplateNotFoundException", prefix="made"
    )


def registry_policy(a, ecr):
    a.refuses(ecr, "get_registry_policy", "RegistryPolicyNotFoundException")
    statement = {
        "Sid": "Replicate",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{SHARED}:root"},
        "Action": ["ecr:ReplicateImage"],
        "Resource": [f"arn:aws:ecr:{REGION}:{SHARED}:repository/*"],
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    a.call(ecr, "put_registry_policy", lambda r: r["registryId"] == SHARED, policyText=text)
    a.call(ecr, "get_registry_policy", lambda r: "Replicate" in r["policyText"])
    a.call(ecr, "delete_registry_policy")
