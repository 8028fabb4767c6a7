"""Cost Explorer and Budgets."""

from datetime import date, datetime, timedelta

ACCOUNT = "000000000000"


def agree(a):
    now = datetime.fromisoformat(a.ask_control("POST", "/clock", {"advanceSeconds": 0})["now"].replace("Z", "+00:00")).date()
    explorer(a, now)
    budgets(a)


def explorer(a, now):
    ce = a.client("ce", ACCOUNT, "us-east-1")
    first = now.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    month = {"TimePeriod": {"Start": str(before), "End": str(first)}}
    a.call(ce, "get_cost_and_usage", lambda r: len(r["ResultsByTime"][0]["Groups"]) > 3, Granularity="MONTHLY", Metrics=["UnblendedCost", "UsageQuantity"], GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "TAG", "Key": "System"}], **month)
    a.call(ce, "get_cost_and_usage", lambda r: r["ResultsByTime"][0]["Total"]["UnblendedCost"]["Unit"] == "USD", Granularity="DAILY", Metrics=["UnblendedCost"], Filter={"Tags": {"Key": "System", "Values": ["mobilytics"]}}, **month)
    a.refuses(ce, "get_cost_and_usage", "ValidationException", Granularity="MONTHLY", Metrics=["UnblendedCost"], TimePeriod={"Start": str(first), "End": str(before)})
    recent = {"TimePeriod": {"Start": str(now - timedelta(days=5)), "End": str(now)}}
    a.call(ce, "get_cost_and_usage_with_resources", Granularity="DAILY", Metrics=["UnblendedCost"], Filter={"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Elastic Compute Cloud - Compute"]}}, GroupBy=[{"Type": "DIMENSION", "Key": "RESOURCE_ID"}], **recent)
    ahead = {"TimePeriod": {"Start": str(now + timedelta(days=1)), "End": str(now + timedelta(days=20))}}
    a.call(ce, "get_cost_forecast", lambda r: float(r["Total"]["Amount"]) > 0, Metric="UNBLENDED_COST", Granularity="DAILY", PredictionIntervalLevel=80, **ahead)
    a.refuses(ce, "get_cost_forecast", "ValidationException", Metric="UNBLENDED_COST", Granularity="DAILY", **month)
    types = ce.get_dimension_values(Dimension="USAGE_TYPE", **month)["DimensionValues"]
    hours = next(t["Value"] for t in types if "BoxUsage" in t["Value"] or "InstanceUsage" in t["Value"])
    a.call(ce, "get_usage_forecast", lambda r: float(r["Total"]["Amount"]) > 0, Metric="USAGE_QUANTITY", Granularity="DAILY", Filter={"Dimensions": {"Key": "USAGE_TYPE", "Values": [hours]}}, **ahead)
    a.call(ce, "get_tags", lambda r: "System" in r["Tags"], **month)
    a.call(ce, "get_dimension_values", lambda r: r["ReturnSize"] == len(r["DimensionValues"]), Dimension="SERVICE", **month)
    a.call(ce, "list_cost_allocation_tags", lambda r: r["CostAllocationTags"][0]["Status"])
    a.call(ce, "get_cost_categories", lambda r: r["TotalSize"] == 0, **month)
    dates = {"DateInterval": {"StartDate": str(now - timedelta(days=89)), "EndDate": str(now)}}
    anomalies = a.call(ce, "get_anomalies", lambda r: r["Anomalies"], **dates)["Anomalies"]
    a.call(ce, "provide_anomaly_feedback", lambda r: r["AnomalyId"] == anomalies[0]["AnomalyId"], AnomalyId=anomalies[0]["AnomalyId"], Feedback="PLANNED_ACTIVITY")
    a.call(ce, "get_anomaly_subscriptions", lambda r: r["AnomalySubscriptions"] is not None)
    monitor = a.call(ce, "create_anomaly_monitor", AnomalyMonitor={"MonitorName": "realism", "MonitorType": "CUSTOM", "MonitorSpecification": {"Tags": {"Key": "System", "Values": ["mobilytics"]}}})["MonitorArn"]
    a.call(ce, "get_anomaly_monitors", lambda r: r["AnomalyMonitors"][0]["MonitorName"] == "realism", MonitorArnList=[monitor])
    a.call(ce, "update_anomaly_monitor", lambda r: r["MonitorArn"] == monitor, MonitorArn=monitor, MonitorName="changed")
    subscription = {"SubscriptionName": "realism", "MonitorArnList": [monitor], "Frequency": "DAILY", "Subscribers": [{"Type": "EMAIL", "Address": "one@example.com"}], "ThresholdExpression": {"Dimensions": {"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "Values": ["100"], "MatchOptions": ["GREATER_THAN_OR_EQUAL"]}}}
    arn = {"SubscriptionArn": a.call(ce, "create_anomaly_subscription", AnomalySubscription=subscription).get("SubscriptionArn", "")}
    a.call(ce, "update_anomaly_subscription", lambda r: r["SubscriptionArn"] == arn["SubscriptionArn"], SubscriptionName="changed", **arn)
    a.call(ce, "get_anomaly_subscriptions", lambda r: r["AnomalySubscriptions"][0]["SubscriptionName"] == "changed", SubscriptionArnList=list(arn.values()))
    a.call(ce, "delete_anomaly_subscription", **arn)
    a.refuses(ce, "delete_anomaly_subscription", "UnknownSubscriptionException", **arn)
    a.call(ce, "delete_anomaly_monitor", MonitorArn=monitor)
    a.refuses(ce, "delete_anomaly_monitor", "UnknownMonitorException", MonitorArn=monitor)
    a.call(ce, "get_reservation_coverage", lambda r: r["CoveragesByTime"], **month)
    # Nobody reserved or committed to anything.
    for operation in ("get_reservation_utilization", "get_savings_plans_coverage", "get_savings_plans_utilization"):
        a.refuses(ce, operation, "DataUnavailableException", **month)


def budgets(a):
    b = a.client("budgets", ACCOUNT, "us-east-1")
    account = {"AccountId": ACCOUNT}
    own = {"BudgetName": "realism", **account}
    budget = {"BudgetName": "realism", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "100", "Unit": "USD"}}
    a.call(b, "create_budget", Budget=budget, **account)
    a.refuses(b, "create_budget", "DuplicateRecordException", Budget=budget, **account)
    a.call(b, "describe_budget", lambda r: r["Budget"]["CalculatedSpend"]["ActualSpend"], **own)
    a.refuses(b, "describe_budget", "NotFoundException", BudgetName="no", **account)
    a.pages(b, "describe_budgets", "Budgets", **account)
    a.call(b, "update_budget", NewBudget={**budget, "BudgetLimit": {"Amount": "200", "Unit": "USD"}}, **account)
    a.call(b, "describe_budget", lambda r: float(r["Budget"]["BudgetLimit"]["Amount"]) == 200, **own)
    notification = {"Notification": {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}}
    a.call(b, "create_notification", Subscribers=[{"SubscriptionType": "EMAIL", "Address": "one@example.com"}], **notification, **own)
    a.call(b, "describe_notifications_for_budget", lambda r: r["Notifications"][0]["Threshold"] == 80, **own)
    a.call(b, "describe_subscribers_for_notification", lambda r: len(r["Subscribers"]) == 1, **notification, **own)
    a.call(b, "delete_notification", **notification, **own)
    a.call(b, "describe_budget_performance_history", lambda r: r["BudgetPerformanceHistory"]["BudgetName"] == "realism", **own)
    arn = {"ResourceARN": f"arn:aws:budgets::{ACCOUNT}:budget/realism"}
    a.call(b, "tag_resource", ResourceTags=[{"Key": "Cost", "Value": "1"}], **arn)
    a.call(b, "list_tags_for_resource", lambda r: r["ResourceTags"] == [{"Key": "Cost", "Value": "1"}], **arn)
    a.call(b, "untag_resource", ResourceTagKeys=["Cost"], **arn)
    a.call(b, "delete_budget", **own)
    a.refuses(b, "delete_budget", "NotFoundException", **own)
