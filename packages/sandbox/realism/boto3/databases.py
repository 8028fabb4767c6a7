"""RDS and Aurora."""

from agreement import DEV, PROD, REGION

GLOBAL = "sample-platform-ai-prod"
MELBOURNE = "ap-southeast-4"
ARN = f"arn:aws:rds:{{}}:{PROD}:cluster:sample-platform-ai-prod-{{}}"


def agree(a):
    reading(a)
    world_wide(a)
    changing(a)


def reading(a):
    rds = a.client("rds", DEV)
    cluster = {"DBClusterIdentifier": "sample-platform-ai-dev"}
    found = a.call(rds, "describe_db_clusters", lambda r: r["DBClusters"][0]["Status"] == "available", **cluster)["DBClusters"][0]
    a.refuses(rds, "describe_db_clusters", "DBClusterNotFoundFault", DBClusterIdentifier="no")
    a.refuses(rds, "describe_db_instances", "DBInstanceNotFound", DBInstanceIdentifier="no")
    a.pages(rds, "describe_db_instances", "DBInstances", least=1, size=20)
    a.waits(rds, "db_cluster_available", "describe_db_clusters", **cluster)
    a.call(rds, "describe_db_cluster_parameter_groups", lambda r: r["DBClusterParameterGroups"])
    a.call(rds, "describe_db_parameter_groups", lambda r: r["DBParameterGroups"])
    a.call(rds, "describe_db_subnet_groups", lambda r: r["DBSubnetGroups"][0]["Subnets"])
    a.call(rds, "describe_event_categories", lambda r: r["EventCategoriesMapList"])
    arn = {"ResourceName": found["DBClusterArn"]}
    a.call(rds, "add_tags_to_resource", Tags=[{"Key": "Cost", "Value": "1"}], **arn)
    a.call(rds, "list_tags_for_resource", lambda r: {"Key": "Cost", "Value": "1"} in r["TagList"], **arn)
    a.call(rds, "remove_tags_from_resource", TagKeys=["Cost"], **arn)
    a.call(rds, "stop_db_cluster", lambda r: r["DBCluster"]["Status"] == "stopping", **cluster)
    a.refuses(rds, "stop_db_cluster", "InvalidDBClusterStateFault", **cluster)
    a.advance(1800)
    a.call(rds, "start_db_cluster", lambda r: r["DBCluster"]["Status"] == "starting", **cluster)
    a.advance(1800)
    a.waits(rds, "db_cluster_available", "describe_db_clusters", **cluster)
    a.call(rds, "describe_events", lambda r: r["Events"], Duration=120)


def world_wide(a):
    rds = a.client("rds", PROD)
    here = {"GlobalClusterIdentifier": GLOBAL}
    a.pages(rds, "describe_global_clusters", "GlobalClusters", least=1, size=20)
    a.refuses(rds, "describe_global_clusters", "GlobalClusterNotFoundFault", GlobalClusterIdentifier="no")
    melbourne, sydney = ARN.format(MELBOURNE, "melbourne"), ARN.format(REGION, "sydney")
    a.call(rds, "switchover_global_cluster", lambda r: r["GlobalCluster"]["Status"] == "switching-over", TargetDbClusterIdentifier=melbourne, **here)
    a.refuses(rds, "switchover_global_cluster", "InvalidGlobalClusterStateFault", TargetDbClusterIdentifier=melbourne, **here)
    a.advance(1800)
    a.call(rds, "describe_global_clusters", lambda r: writer(r) == melbourne, **here)
    south = a.client("rds", PROD, MELBOURNE)
    a.call(south, "failover_global_cluster", TargetDbClusterIdentifier=sydney, AllowDataLoss=True, **here)
    a.advance(3600)
    a.call(rds, "describe_global_clusters", lambda r: writer(r) == sydney, **here)
    a.call(rds, "modify_global_cluster", lambda r: r["GlobalCluster"]["DeletionProtection"], DeletionProtection=True, **here)
    a.refuses(rds, "delete_global_cluster", "InvalidParameterCombination", **here)
    a.call(rds, "failover_db_cluster", DBClusterIdentifier="sample-platform-ai-prod-sydney")
    a.advance(600)


def writer(reply):
    members = reply["GlobalClusters"][0]["GlobalClusterMembers"]
    return next(m["DBClusterArn"] for m in members if m["IsWriter"])


def changing(a):
    rds = a.client("rds", DEV)
    cluster = {"DBClusterIdentifier": "realism"}
    engine = {"Engine": "aurora-postgresql"}
    a.call(rds, "create_global_cluster", lambda r: r["GlobalCluster"]["Status"] in ("creating", "available"), GlobalClusterIdentifier="realism", **engine)
    a.call(rds, "create_db_cluster", lambda r: r["DBCluster"]["Status"] == "creating", MasterUsername="one", ManageMasterUserPassword=True, GlobalClusterIdentifier="realism", **cluster, **engine)
    a.refuses(rds, "create_db_cluster", "DBClusterAlreadyExistsFault", MasterUsername="one", ManageMasterUserPassword=True, **cluster, **engine)
    a.advance(1800)
    a.waits(rds, "db_cluster_available", "describe_db_clusters", **cluster)
    instance = {"DBInstanceIdentifier": "realism-1"}
    a.call(rds, "create_db_instance", lambda r: r["DBInstance"]["DBInstanceStatus"] == "creating", DBInstanceClass="db.r6g.large", **instance, **cluster, **engine)
    a.advance(1800)
    a.waits(rds, "db_instance_available", "describe_db_instances", **instance)
    a.call(rds, "modify_db_instance", DBInstanceClass="db.r6g.xlarge", ApplyImmediately=True, **instance)
    a.call(rds, "modify_db_cluster", BackupRetentionPeriod=7, ApplyImmediately=True, **cluster)
    a.advance(1800)
    a.refuses(rds, "stop_db_instance", "InvalidParameterCombination", **instance)
    a.call(rds, "create_db_cluster_snapshot", DBClusterSnapshotIdentifier="realism", **cluster)
    a.advance(1800)
    a.waits(rds, "db_cluster_snapshot_available", "describe_db_cluster_snapshots", DBClusterSnapshotIdentifier="realism")
    a.call(rds, "describe_db_cluster_snapshots", lambda r: r["DBClusterSnapshots"][0]["PercentProgress"] == 100, DBClusterSnapshotIdentifier="realism")
    a.call(rds, "remove_from_global_cluster", GlobalClusterIdentifier="realism", DbClusterIdentifier=rds.describe_db_clusters(**cluster)["DBClusters"][0]["DBClusterArn"])
    a.advance(1800)
    a.call(rds, "delete_global_cluster", GlobalClusterIdentifier="realism")
    a.call(rds, "delete_db_instance", lambda r: r["DBInstance"]["DBInstanceStatus"] == "deleting", SkipFinalSnapshot=True, **instance)
    a.advance(1800)
    a.waits(rds, "db_instance_deleted", "describe_db_instances", **instance)
    a.call(rds, "delete_db_cluster", lambda r: r["DBCluster"]["Status"] == "deleting", SkipFinalSnapshot=True, **cluster)
    a.advance(1800)
    a.waits(rds, "db_cluster_deleted", "describe_db_clusters", **cluster)
    single(a)


def single(a):
    """An instance that is no cluster's can be stopped by itself."""
    rds = a.client("rds", "222200000001", "us-east-1")
    found = rds.describe_db_instances()["DBInstances"][0]["DBInstanceIdentifier"]
    a.call(rds, "stop_db_instance", lambda r: r["DBInstance"]["DBInstanceStatus"] == "stopping", DBInstanceIdentifier=found)
    a.advance(1800)
    a.call(rds, "start_db_instance", lambda r: r["DBInstance"]["DBInstanceStatus"] == "starting", DBInstanceIdentifier=found)
    a.advance(1800)
