"""Secrets Manager."""

from agreement import DEV


def agree(a):
    sm = a.client("secretsmanager")
    name = {"SecretId": "realism/one"}
    made = a.call(sm, "create_secret", lambda r: r["ARN"].split(":secret:")[1].startswith("realism/one-"), Name="realism/one", SecretString="one", Tags=[{"Key": "Team", "Value": "one"}])
    a.refuses(sm, "create_secret", "ResourceExistsException", Name="realism/one")
    a.call(sm, "get_secret_value", lambda r: r["SecretString"] == "one" and r["VersionStages"] == ["AWSCURRENT"], **name)
    a.refuses(sm, "get_secret_value", "ResourceNotFoundException", SecretId="no")
    a.call(sm, "put_secret_value", SecretString="two", **name)
    a.call(sm, "get_secret_value", lambda r: r["SecretString"] == "one", VersionStage="AWSPREVIOUS", **name)
    a.call(sm, "update_secret", Description="changed", SecretBinary=b"\x00\x01", **name)
    a.call(sm, "get_secret_value", lambda r: r["SecretBinary"] == b"\x00\x01", **name)
    a.call(sm, "describe_secret", lambda r: r["Description"] == "changed" and r["VersionIdsToStages"], **name)
    a.call(sm, "list_secret_version_ids", lambda r: len(r["Versions"]) == 2, **name)
    sm.create_secret(Name="realism/two")
    a.pages(sm, "list_secrets", "SecretList")
    a.call(sm, "list_secrets", lambda r: [s["Name"] for s in r["SecretList"]] == ["realism/two"], Filters=[{"Key": "name", "Values": ["realism/tw"]}])
    a.call(sm, "tag_resource", Tags=[{"Key": "Cost", "Value": "1"}], **name)
    a.call(sm, "untag_resource", TagKeys=["Team"], **name)
    a.call(sm, "describe_secret", lambda r: r["Tags"] == [{"Key": "Cost", "Value": "1"}], **name)
    a.call(sm, "get_resource_policy", lambda r: r["ARN"] == made["ARN"], **name)
    a.call(sm, "rotate_secret", RotationLambdaARN=f"arn:aws:lambda:ap-southeast-2:{DEV}:function:rotate", RotationRules={"AutomaticallyAfterDays": 30}, **name)
    a.call(sm, "cancel_rotate_secret", **name)
    a.call(sm, "replicate_secret_to_regions", lambda r: r["ReplicationStatus"][0]["Region"] == "us-west-2", AddReplicaRegions=[{"Region": "us-west-2"}], **name)
    a.call(sm, "remove_regions_from_replication", RemoveReplicaRegions=["us-west-2"], **name)
    a.refuses(sm, "delete_secret", "InvalidParameterException", RecoveryWindowInDays=3, **name)
    a.call(sm, "delete_secret", lambda r: r["DeletionDate"], **name)
    a.refuses(sm, "get_secret_value", "InvalidRequestException", **name)
    a.call(sm, "restore_secret", **name)
    for secret in ("realism/one", "realism/two"):
        a.call(sm, "delete_secret", SecretId=secret, ForceDeleteWithoutRecovery=True)
