"""EventBridge Scheduler."""

from agreement import SHARED


def agree(a):
    s = a.client("scheduler")
    target = {
        "Arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBCluster",
        "RoleArn": f"arn:aws:iam::{SHARED}:role/scheduler",
        "Input": '{"DbClusterIdentifier":"x"}',
    }
    plan = {"FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
    group = a.call(s, "create_schedule_group", Name="realism", Tags=[{"Key": "Team", "Value": "one"}])
    a.refuses(s, "create_schedule_group", "ConflictException", Name="realism")
    a.call(s, "get_schedule_group", lambda r: r["State"] == "ACTIVE", Name="realism")
    a.refuses(s, "get_schedule_group", "ResourceNotFoundException", Name="no")
    a.pages(s, "list_schedule_groups", "ScheduleGroups")
    for name in ("one", "two"):
        a.call(s, "create_schedule", lambda r: r["ScheduleArn"].endswith(f":schedule/realism/{name}"), Name=name, GroupName="realism", ScheduleExpression="cron(0 20 ? * MON-FRI *)", **plan)
    a.refuses(s, "create_schedule", "ValidationException", Name="bad", ScheduleExpression="never", **plan)
    a.refuses(s, "create_schedule", "ConflictException", Name="one", GroupName="realism", ScheduleExpression="rate(1 hour)", **plan)
    a.pages(s, "list_schedules", "Schedules", GroupName="realism")
    a.call(s, "update_schedule", Name="one", GroupName="realism", ScheduleExpression="rate(2 hours)", State="DISABLED", **plan)
    a.call(s, "get_schedule", lambda r: (r["ScheduleExpression"], r["State"]) == ("rate(2 hours)", "DISABLED"), Name="one", GroupName="realism")
    a.refuses(s, "get_schedule", "ResourceNotFoundException", Name="no")
    arn = {"ResourceArn": group["ScheduleGroupArn"]}
    a.call(s, "tag_resource", Tags=[{"Key": "Cost", "Value": "1"}], **arn)
    a.call(s, "list_tags_for_resource", lambda r: len(r["Tags"]) == 2, **arn)
    a.call(s, "untag_resource", TagKeys=["Cost"], **arn)
    a.call(s, "delete_schedule", Name="one", GroupName="realism")
    a.call(s, "delete_schedule_group", Name="realism")
