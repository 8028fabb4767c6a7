"""EKS."""

from agreement import DEV

CLUSTER = "sample-platform-ai-dev"


def agree(a):
    eks = a.client("eks", DEV)
    here = {"clusterName": CLUSTER}
    a.pages(eks, "list_clusters", "clusters", least=1)
    cluster = a.call(eks, "describe_cluster", lambda r: r["cluster"]["status"] == "ACTIVE", name=CLUSTER)["cluster"]
    a.refuses(eks, "describe_cluster", "ResourceNotFoundException", name="no")
    a.waits(eks, "cluster_active", "describe_cluster", name=CLUSTER)
    groups = a.pages(eks, "list_nodegroups", "nodegroups", least=1, **here)
    group = {"nodegroupName": groups[0], **here}
    a.call(eks, "describe_nodegroup", lambda r: r["nodegroup"]["scalingConfig"], **group)
    a.waits(eks, "nodegroup_active", "describe_nodegroup", **group)
    a.refuses(eks, "describe_nodegroup", "ResourceNotFoundException", nodegroupName="no", **here)
    addons = a.pages(eks, "list_addons", "addons", **here)
    a.call(eks, "describe_addon", lambda r: r["addon"]["status"] == "ACTIVE", addonName=addons[0], **here)
    a.waits(eks, "addon_active", "describe_addon", addonName=addons[0], **here)
    a.refuses(eks, "describe_addon", "ResourceNotFoundException", addonName="no", **here)
    a.pages(eks, "describe_addon_versions", "addons")
    insights = a.pages(eks, "list_insights", "insights", **here)
    a.call(eks, "describe_insight", lambda r: r["insight"]["id"] == insights[0]["id"], id=insights[0]["id"], **here)
    entries = a.pages(eks, "list_access_entries", "accessEntries", **here)
    a.call(eks, "describe_access_entry", principalArn=entries[0], **here)
    a.call(eks, "list_associated_access_policies", principalArn=entries[0], **here)
    a.call(eks, "list_fargate_profiles", lambda r: r["fargateProfileNames"] == [], **here)
    a.call(eks, "list_pod_identity_associations", lambda r: r["associations"] is not None, **here)
    arn = {"resourceArn": cluster["arn"]}
    a.call(eks, "tag_resource", tags={"Cost": "1"}, **arn)
    a.call(eks, "list_tags_for_resource", lambda r: r["tags"]["Cost"] == "1", **arn)
    a.call(eks, "untag_resource", tagKeys=["Cost"], **arn)
    a.call(eks, "update_nodegroup_config", lambda r: r["update"]["type"] == "ConfigUpdate", scalingConfig={"desiredSize": 2}, **group)
    a.advance(600)
    a.waits(eks, "nodegroup_active", "describe_nodegroup", **group)
    a.refuses(eks, "update_cluster_version", "InvalidParameterException", name=CLUSTER, version="9.99")
    minor = int(cluster["version"].split(".")[1])
    update = a.call(eks, "update_cluster_version", name=CLUSTER, version=f"1.{minor + 1}")["update"]
    a.refuses(eks, "update_cluster_version", "ResourceInUseException", name=CLUSTER, version=f"1.{minor + 1}")
    a.call(eks, "describe_update", lambda r: r["update"]["status"] == "InProgress", name=CLUSTER, updateId=update["id"])
    a.call(eks, "list_updates", lambda r: update["id"] in r["updateIds"], name=CLUSTER)
    a.advance(3600)
    a.waits(eks, "cluster_active", "describe_cluster", name=CLUSTER)
