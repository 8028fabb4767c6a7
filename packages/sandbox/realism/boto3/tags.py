"""Resource Groups Tagging."""

from agreement import DEV


def agree(a):
    t = a.client("resourcegroupstaggingapi", DEV)
    found = a.pages(t, "get_resources", "ResourceTagMappingList", size=2)
    a.call(t, "get_resources", lambda r: all(m["ResourceARN"].split(":")[2] == "rds" for m in r["ResourceTagMappingList"]), ResourceTypeFilters=["rds:cluster"])
    a.call(t, "get_tag_keys", lambda r: "System" in r["TagKeys"])
    a.call(t, "get_tag_values", lambda r: r["TagValues"] == ["sample-platform-ai"], Key="System")
    arns = [m["ResourceARN"] for m in found if ":rds:" in m["ResourceARN"]][:1]
    a.call(t, "tag_resources", lambda r: not r["FailedResourcesMap"], ResourceARNList=arns, Tags={"Cost": "1"})
    a.call(t, "get_resources", lambda r: [m["ResourceARN"] for m in r["ResourceTagMappingList"]] == arns, TagFilters=[{"Key": "Cost", "Values": ["1"]}])
    a.call(t, "untag_resources", lambda r: not r["FailedResourcesMap"], ResourceARNList=arns, TagKeys=["Cost"])
    # A stack is updated for it, which takes a moment.
    stacks = [m["ResourceARN"] for m in found if ":cloudformation:" in m["ResourceARN"]]
    a.call(t, "tag_resources", lambda r: not r["FailedResourcesMap"], ResourceARNList=stacks, Tags={"Cost": "1"})
    cfn = a.client("cloudformation", DEV)
    a.waits(cfn, "stack_update_complete", "describe_stacks", StackName=stacks[0])
    missing = f"arn:aws:ecr:ap-southeast-2:{DEV}:repository/no"
    a.call(t, "tag_resources", lambda r: r["FailedResourcesMap"][missing]["ErrorCode"] == "InvalidParameterException", ResourceARNList=[missing], Tags={"Cost": "1"})
    a.refuses(t, "get_resources", "PaginationTokenExpiredException", PaginationToken="stale")
