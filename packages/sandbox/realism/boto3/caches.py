"""ElastiCache."""

ACCOUNT, REGION = "444400000005", "us-east-1"


def agree(a):
    ec = a.client("elasticache", ACCOUNT, REGION)
    seeded = {"ReplicationGroupId": "mobilytics-prod"}
    a.call(ec, "describe_replication_groups", lambda r: r["ReplicationGroups"][0]["Status"] == "available", **seeded)
    a.refuses(ec, "describe_replication_groups", "ReplicationGroupNotFoundFault", ReplicationGroupId="no")
    a.call(ec, "describe_cache_clusters", lambda r: r["CacheClusters"][0]["CacheNodes"], ShowCacheNodeInfo=True)
    a.refuses(ec, "describe_cache_clusters", "CacheClusterNotFound", CacheClusterId="no")
    a.call(ec, "describe_events")
    a.call(ec, "describe_global_replication_groups", lambda r: r["GlobalReplicationGroups"] == [])
    a.call(ec, "describe_serverless_caches", lambda r: r["ServerlessCaches"] == [])
    own = {"ReplicationGroupId": "realism"}
    group = a.call(ec, "create_replication_group", lambda r: r["ReplicationGroup"]["Status"] == "creating", ReplicationGroupDescription="realism", CacheNodeType="cache.t4g.micro", Engine="valkey", NumCacheClusters=2, AutomaticFailoverEnabled=True, **own)["ReplicationGroup"]
    a.advance(1200)
    a.waits(ec, "replication_group_available", "describe_replication_groups", **own)
    a.waits(ec, "cache_cluster_available", "describe_cache_clusters", CacheClusterId="realism-001")
    a.call(ec, "modify_replication_group", ReplicationGroupDescription="changed", ApplyImmediately=True, **own)
    a.advance(1200)
    a.call(ec, "test_failover", NodeGroupId="0001", **own)
    a.advance(1200)
    arn = {"ResourceName": group["ARN"]}
    a.call(ec, "add_tags_to_resource", lambda r: r["TagList"], Tags=[{"Key": "Cost", "Value": "1"}], **arn)
    a.call(ec, "list_tags_for_resource", lambda r: r["TagList"] == [{"Key": "Cost", "Value": "1"}], **arn)
    a.call(ec, "remove_tags_from_resource", lambda r: r["TagList"] == [], TagKeys=["Cost"], **arn)
    a.pages(ec, "describe_replication_groups", "ReplicationGroups", least=1, size=None)
    a.call(ec, "delete_replication_group", lambda r: r["ReplicationGroup"]["Status"] == "deleting", **own)
    a.advance(1200)
    a.waits(ec, "replication_group_deleted", "describe_replication_groups", **own)
