"""ECS."""

ACCOUNT, REGION = "333300000001", "us-west-2"
CLUSTER = "cornjacket-platform-dev"


def agree(a):
    ecs = a.client("ecs", ACCOUNT, REGION)
    here = {"cluster": CLUSTER}
    a.pages(ecs, "list_clusters", "clusterArns", least=1)
    a.call(ecs, "describe_clusters", lambda r: r["clusters"][0]["activeServicesCount"] > 0, clusters=[CLUSTER])
    a.call(ecs, "describe_clusters", lambda r: r["failures"][0]["reason"] == "MISSING", clusters=["no"])
    a.call(ecs, "describe_capacity_providers", lambda r: r["capacityProviders"])
    services = a.pages(ecs, "list_services", "serviceArns", **here)
    service = a.call(ecs, "describe_services", lambda r: r["services"][0]["status"] == "ACTIVE", services=services[:2], **here)["services"][0]
    a.refuses(ecs, "describe_services", "ClusterNotFoundException", cluster="no", services=["x"])
    a.waits(ecs, "services_stable", "describe_services", services=services[:2], **here)
    a.pages(ecs, "list_task_definitions", "taskDefinitionArns")
    a.pages(ecs, "list_task_definition_families", "families")
    seeded = a.call(ecs, "describe_task_definition", taskDefinition=service["taskDefinition"])["taskDefinition"]
    tasks = a.pages(ecs, "list_tasks", "taskArns", **here)
    a.call(ecs, "describe_tasks", lambda r: r["tasks"][0]["lastStatus"] == "RUNNING", tasks=tasks[:1], **here)
    deployments = a.call(ecs, "list_service_deployments", service=service["serviceArn"], **here)["serviceDeployments"]
    found = a.call(ecs, "describe_service_deployments", lambda r: r["serviceDeployments"][0]["status"], serviceDeploymentArns=[deployments[0]["serviceDeploymentArn"]])["serviceDeployments"][0]
    a.call(ecs, "describe_service_revisions", lambda r: r["serviceRevisions"][0]["taskDefinition"], serviceRevisionArns=[found["targetServiceRevision"]["arn"]])

    a.call(ecs, "create_cluster", lambda r: r["cluster"]["status"] == "ACTIVE", clusterName="realism")
    own = {"cluster": "realism"}
    image = seeded["containerDefinitions"][0]["image"]
    a.refuses(ecs, "register_task_definition", "ClientException", family="realism", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="9999", containerDefinitions=[{"name": "x", "image": image}])
    definition = a.call(ecs, "register_task_definition", lambda r: r["taskDefinition"]["revision"] == 1, family="realism", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512", containerDefinitions=[{"name": "x", "image": image, "essential": True}])["taskDefinition"]["taskDefinitionArn"]
    network = {"awsvpcConfiguration": {"subnets": ["subnet-0123456789abcdef0"], "assignPublicIp": "DISABLED"}}
    made = a.call(ecs, "create_service", lambda r: r["service"]["deployments"][0]["rolloutState"] == "IN_PROGRESS", serviceName="realism", taskDefinition=definition, desiredCount=1, launchType="FARGATE", networkConfiguration=network, **own)["service"]
    a.advance(120)
    a.waits(ecs, "services_stable", "describe_services", services=["realism"], **own)
    task = a.call(ecs, "run_task", lambda r: len(r["tasks"]) == 1, taskDefinition=definition, launchType="FARGATE", networkConfiguration=network, **own)["tasks"][0]["taskArn"]
    a.advance(120)
    a.waits(ecs, "tasks_running", "describe_tasks", tasks=[task], **own)
    a.call(ecs, "stop_task", lambda r: r["task"]["desiredStatus"] == "STOPPED", task=task, reason="done", **own)
    a.advance(120)
    a.waits(ecs, "tasks_stopped", "describe_tasks", tasks=[task], **own)
    arn = {"resourceArn": made["serviceArn"]}
    a.call(ecs, "tag_resource", tags=[{"key": "Cost", "value": "1"}], **arn)
    a.call(ecs, "list_tags_for_resource", lambda r: r["tags"] == [{"key": "Cost", "value": "1"}], **arn)
    a.call(ecs, "untag_resource", tagKeys=["Cost"], **arn)
    a.refuses(ecs, "delete_cluster", "ClusterContainsServicesException", **own)
    a.call(ecs, "update_service", lambda r: r["service"]["desiredCount"] == 0, service="realism", desiredCount=0, **own)
    a.advance(300)
    a.call(ecs, "delete_service", lambda r: r["service"]["status"] in ("DRAINING", "INACTIVE"), service="realism", **own)
    a.advance(300)
    a.waits(ecs, "services_inactive", "describe_services", services=["realism"], **own)
    a.call(ecs, "deregister_task_definition", lambda r: r["taskDefinition"]["status"] == "INACTIVE", taskDefinition=definition)
    a.call(ecs, "delete_cluster", lambda r: r["cluster"]["status"] == "INACTIVE", **own)
    a.refuses(ecs, "update_service", "ServiceNotFoundException", service="no", **here)
