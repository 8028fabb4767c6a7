"""STS; throttling in all services; accounts and regions kept apart."""

import base64
import json
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.retries.standard import ThrottledRetryableChecker

from agreement import DEV, PROD, REGION, SHARED

MANAGEMENT = "000000000000"

# One call of each service that needs nothing to be there.
READS = {
    "sts": "get_caller_identity",
    "ecr": "describe_repositories",
    "cloudformation": "describe_stacks",
    "rds": "describe_db_clusters",
    "cloudwatch": "list_metrics",
    "ecs": "list_clusters",
    "eks": "list_clusters",
    "elasticache": "describe_replication_groups",
    "scheduler": "list_schedules",
    "secretsmanager": "list_secrets",
    "resourcegroupstaggingapi": "get_resources",
    "ce": "list_cost_allocation_tags",
    "budgets": "describe_budgets",
}


def agree(a):
    sts = a.client("sts", MANAGEMENT)
    a.call(sts, "get_caller_identity", lambda r: r["Account"] == MANAGEMENT)
    role = f"arn:aws:iam::{DEV}:role/portal-read"
    session = a.call(
        sts, "assume_role", RoleArn=role, RoleSessionName="realism", DurationSeconds=900
    )["Credentials"]
    assumed = a.watch(
        boto3.client(
            "sts",
            region_name=REGION,
            endpoint_url=a.endpoint,
            aws_access_key_id=session["AccessKeyId"],
            aws_secret_access_key=session["SecretAccessKey"],
            aws_session_token=session["SessionToken"],
        )
    )
    a.call(
        assumed,
        "get_caller_identity",
        lambda r: r["Arn"] == f"arn:aws:sts::{DEV}:assumed-role/portal-read/realism",
    )
    a.refuses(
        sts, "assume_role", "ValidationError", RoleArn=role, RoleSessionName="a b"
    )
    a.call(sts, "get_session_token", lambda r: r["Credentials"]["Expiration"])
    a.refuses(assumed, "get_session_token", "AccessDenied")

    cluster = a.client("eks", DEV).describe_cluster(name="sample-platform-ai-dev")
    claims = {
        "iss": cluster["cluster"]["identity"]["oidc"]["issuer"],
        "sub": "system:serviceaccount:kube-system:ebs",
        "aud": ["sts.amazonaws.com"],
        "exp": int(time.time()) + 600,
    }
    token = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "RS256"}, claims, {})
    )
    web = dict(RoleArn=f"arn:aws:iam::{DEV}:role/ebs", RoleSessionName="pod")
    a.call(
        sts,
        "assume_role_with_web_identity",
        lambda r: r["SubjectFromWebIdentityToken"] == claims["sub"],
        WebIdentityToken=token,
        **web,
    )
    a.refuses(
        sts,
        "assume_role_with_web_identity",
        "InvalidIdentityToken",
        WebIdentityToken="no token",
        **web,
    )


def throttled(a):
    """Under the scenario, each service refuses so that botocore knows it and tries again."""
    known = ThrottledRetryableChecker()._THROTTLED_ERROR_CODES
    troubles = []
    a.ask_control("POST", "/scenarios/throttled", {})
    try:
        for service, operation in READS.items():
            client = boto3.client(
                service,
                region_name=REGION,
                endpoint_url=a.endpoint,
                aws_access_key_id=f"AKIA{SHARED}SANDBOX",
                aws_secret_access_key="sandbox",
                config=Config(retries={"mode": "standard", "total_max_attempts": 2}),
            )
            arguments = {"AccountId": SHARED} if service == "budgets" else {}
            try:
                getattr(client, operation)(**arguments)
                troubles.append(f"{service} is not throttled")
            except ClientError as error:
                code = error.response["Error"]["Code"]
                tried = error.response["ResponseMetadata"]["RetryAttempts"]
                if code not in known or tried != 1:
                    troubles.append(f"{service} throttled: {code}, retries: {tried}")
                else:
                    print(f"agreed      {service} throttled: {code}")
    finally:
        a.ask_control("DELETE", "/scenarios/throttled")
    return troubles


def apart(a):
    """What is made in one account and region is not there in any other."""
    troubles = []

    def names(service, operation, read, account, region):
        client = a.client(service, account, region)
        return [read(item) for item in getattr(client, operation)()[KEYS[service]]]

    probes = [
        ("ecr", "create_repository", {"repositoryName": "apart"}, "describe_repositories", lambda i: i["repositoryName"]),
        ("secretsmanager", "create_secret", {"Name": "apart"}, "list_secrets", lambda i: i["Name"]),
        ("ecs", "create_cluster", {"clusterName": "apart"}, "list_clusters", lambda i: i.split("/")[-1]),
        ("scheduler", "create_schedule_group", {"Name": "apart"}, "list_schedule_groups", lambda i: i["Name"]),
    ]  # fmt: skip
    for service, create, arguments, reads, read in probes:
        getattr(a.client(service), create)(**arguments)
        here = names(service, reads, read, SHARED, REGION)
        if "apart" not in here:
            troubles.append(f"{service} apart: not where it was made")
        for account, region in ((PROD, REGION), (SHARED, "us-east-1")):
            if "apart" in names(service, reads, read, account, region):
                troubles.append(f"{service} apart: seen in {account} {region}")
    stranger = a.client("sts", "999999999999")
    try:
        stranger.get_caller_identity()
        troubles.append("sts: an unknown access key is let in")
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidClientTokenId":
            troubles.append(f"sts, unknown access key: {error}")
    if not troubles:
        print("agreed      accounts and regions apart, unknown access key refused")
    return troubles


KEYS = {
    "ecr": "repositories",
    "secretsmanager": "SecretList",
    "ecs": "clusterArns",
    "scheduler": "ScheduleGroups",
}
