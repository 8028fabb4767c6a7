"""CloudWatch: in CBOR, the protocol that boto3 prefers."""

import json
from datetime import datetime, timedelta

from agreement import PROD


def agree(a):
    cw = a.client("cloudwatch", PROD, "ap-southeast-4")
    now = datetime.fromisoformat(a.ask_control("POST", "/clock", {"advanceSeconds": 0})["now"].replace("Z", "+00:00"))
    a.pages(cw, "list_metrics", "Metrics", least=1, size=None, Namespace="AWS/RDS")
    lag = {
        "Namespace": "AWS/RDS",
        "MetricName": "AuroraGlobalDBReplicationLag",
        "Dimensions": [{"Name": "DBClusterIdentifier", "Value": "sample-platform-ai-prod-melbourne"}],
    }
    period = {"StartTime": now - timedelta(hours=1), "EndTime": now}
    query = {"Id": "lag", "MetricStat": {"Metric": lag, "Period": 60, "Stat": "Average"}}
    both = [query, {"Id": "double", "Expression": "lag * 2"}]
    a.call(cw, "get_metric_data", lambda r: r["MetricDataResults"][1]["Values"][0] == 2 * r["MetricDataResults"][0]["Values"][0], MetricDataQueries=both, **period)
    a.pages(cw, "get_metric_data", "MetricDataResults", least=2, size=20, MetricDataQueries=[query], **period)
    a.refuses(cw, "get_metric_data", "ValidationError", MetricDataQueries=[{"Id": "x", "Expression": "lag *"}], **period)
    a.call(cw, "get_metric_statistics", lambda r: r["Datapoints"][0]["Unit"] == "Milliseconds", Period=300, Statistics=["Average", "Maximum"], **lag, **period)
    a.refuses(cw, "get_metric_statistics", "InvalidParameterCombination", Period=60, Statistics=["Average"], StartTime=now - timedelta(days=30), EndTime=now, **{k: lag[k] for k in ("Namespace", "MetricName")})
    a.call(cw, "put_metric_data", Namespace="Realism", MetricData=[{"MetricName": "Backlog", "Value": 5, "Timestamp": now}])
    alarm = {"AlarmName": "realism"}
    a.call(cw, "put_metric_alarm", Namespace="Realism", MetricName="Backlog", Statistic="Maximum", Period=60, EvaluationPeriods=1, Threshold=3, ComparisonOperator="GreaterThanThreshold", **alarm)
    a.waits(cw, "alarm_exists", "describe_alarms", AlarmNames=["realism"])
    a.pages(cw, "describe_alarms", "MetricAlarms", least=1, size=1)
    a.call(cw, "describe_alarms_for_metric", lambda r: r["MetricAlarms"][0]["AlarmName"] == "realism", Namespace="Realism", MetricName="Backlog")
    a.call(cw, "set_alarm_state", StateValue="ALARM", StateReason="realism", **alarm)
    a.refuses(cw, "set_alarm_state", "ResourceNotFound", StateValue="ALARM", StateReason="x", AlarmName="no")
    a.call(cw, "describe_alarm_history", lambda r: r["AlarmHistoryItems"], **alarm)
    arn = {"ResourceARN": cw.describe_alarms(AlarmNames=["realism"])["MetricAlarms"][0]["AlarmArn"]}
    a.call(cw, "tag_resource", Tags=[{"Key": "Cost", "Value": "1"}], **arn)
    a.call(cw, "list_tags_for_resource", lambda r: r["Tags"] == [{"Key": "Cost", "Value": "1"}], **arn)
    a.call(cw, "untag_resource", TagKeys=["Cost"], **arn)
    a.call(cw, "disable_alarm_actions", AlarmNames=["realism"])
    a.call(cw, "describe_alarms", lambda r: r["MetricAlarms"][0]["ActionsEnabled"] is False, AlarmNames=["realism"])
    a.call(cw, "enable_alarm_actions", AlarmNames=["realism"])
    a.call(cw, "delete_alarms", AlarmNames=["realism"])
    widget = {"type": "metric", "x": 0, "y": 0, "width": 6, "height": 6, "properties": {"metrics": [["AWS/RDS", "CPUUtilization"]], "region": "ap-southeast-4"}}
    a.call(cw, "put_dashboard", lambda r: r["DashboardValidationMessages"] == [], DashboardName="realism", DashboardBody=json.dumps({"widgets": [widget]}))
    a.refuses(cw, "put_dashboard", "InvalidParameterInput", DashboardName="bad", DashboardBody="{")
    a.call(cw, "list_dashboards", lambda r: r["DashboardEntries"][0]["Size"])
    a.call(cw, "get_dashboard", lambda r: json.loads(r["DashboardBody"])["widgets"], DashboardName="realism")
    a.call(cw, "delete_dashboards", DashboardNames=["realism"])
    a.refuses(cw, "get_dashboard", "ResourceNotFound", DashboardName="realism")
