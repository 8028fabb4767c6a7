"""CloudFormation."""

import time

from agreement import SHARED

TEMPLATE = """
Description: Images of realism
Parameters:
  Mutability: { Type: String, Default: IMMUTABLE, AllowedValues: [MUTABLE, IMMUTABLE] }
Resources:
  Repository:
    Type: AWS::ECR::Repository
    Properties: { RepositoryName: realism/stack, ImageTagMutability: !Ref Mutability }
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: { LogGroupName: /realism }
Outputs:
  Uri: { Value: !GetAtt Repository.RepositoryUri }
  Logs: { Value: !Ref Logs, Export: { Name: realism-logs } }
"""

IMPORTING = """
Resources:
  Parameter: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: !ImportValue realism-logs } }
"""


def mutability(value):
    return [{"ParameterKey": "Mutability", "ParameterValue": value}]


def agree(a):
    cfn = a.client("cloudformation")
    stack = {"StackName": "realism"}
    a.call(cfn, "validate_template", lambda r: r["Parameters"][0]["ParameterKey"] == "Mutability", TemplateBody=TEMPLATE)
    a.refuses(cfn, "validate_template", "ValidationError", TemplateBody="Resources: [")
    a.refuses(cfn, "describe_stacks", "ValidationError", **stack)
    a.call(cfn, "create_stack", lambda r: r["StackId"].startswith(f"arn:aws:cloudformation:ap-southeast-2:{SHARED}:stack/realism/"), TemplateBody=TEMPLATE, **stack)
    a.refuses(cfn, "create_stack", "AlreadyExistsException", TemplateBody=TEMPLATE, **stack)
    a.waits(cfn, "stack_exists", "describe_stacks", **stack)
    a.waits(cfn, "stack_create_complete", "describe_stacks", **stack)
    a.call(cfn, "describe_stacks", lambda r: r["Stacks"][0]["Outputs"][0]["OutputKey"] == "Uri", **stack)
    a.pages(cfn, "describe_stack_events", "StackEvents", least=1, size=None, **stack)
    a.pages(cfn, "list_stacks", "StackSummaries", least=1, size=None)
    a.pages(cfn, "list_stack_resources", "StackResourceSummaries", least=1, size=None, **stack)
    a.call(cfn, "describe_stack_resources", lambda r: len(r["StackResources"]) == 2, **stack)
    a.call(cfn, "describe_stack_resource", LogicalResourceId="Logs", **stack)
    a.refuses(cfn, "describe_stack_resource", "ValidationError", LogicalResourceId="No", **stack)
    a.call(cfn, "get_template", lambda r: r["TemplateBody"] == TEMPLATE, **stack)
    a.call(cfn, "list_exports", lambda r: r["Exports"][0]["Value"] == "/realism")
    cfn.create_stack(StackName="realism-user", TemplateBody=IMPORTING)
    a.waits(cfn, "stack_create_complete", "describe_stacks", StackName="realism-user")
    a.call(cfn, "list_imports", lambda r: r["Imports"] == ["realism-user"], ExportName="realism-logs")
    a.call(cfn, "set_stack_policy", StackPolicyBody="{}", **stack)
    a.call(cfn, "get_stack_policy", lambda r: r["StackPolicyBody"] == "{}", **stack)

    change = {"ChangeSetName": "mutable", **stack}
    a.call(cfn, "create_change_set", UsePreviousTemplate=True, Parameters=mutability("MUTABLE"), **change)
    a.waits(cfn, "change_set_create_complete", "describe_change_set", **change)
    a.call(cfn, "describe_change_set", lambda r: r["Changes"][0]["ResourceChange"]["Replacement"] == "False", **change)
    a.call(cfn, "list_change_sets", lambda r: len(r["Summaries"]) == 1, **stack)
    a.call(cfn, "execute_change_set", **change)
    a.waits(cfn, "stack_update_complete", "describe_stacks", **stack)
    cfn.create_change_set(UsePreviousTemplate=True, ChangeSetName="none", Parameters=mutability("MUTABLE"), **stack)
    time.sleep(0.5)
    a.call(cfn, "describe_change_set", lambda r: r["Status"] == "FAILED", ChangeSetName="none", **stack)
    a.call(cfn, "delete_change_set", ChangeSetName="none", **stack)
    a.refuses(cfn, "describe_change_set", "ChangeSetNotFound", ChangeSetName="none", **stack)
    a.refuses(cfn, "execute_change_set", "ChangeSetNotFound", ChangeSetName="none", **stack)
    a.refuses(cfn, "update_stack", "ValidationError", UsePreviousTemplate=True, Parameters=mutability("MUTABLE"), **stack)

    detection = a.call(cfn, "detect_stack_drift", **stack)["StackDriftDetectionId"]
    time.sleep(0.5)
    a.call(cfn, "describe_stack_drift_detection_status", lambda r: r["StackDriftStatus"] == "IN_SYNC", StackDriftDetectionId=detection)
    a.call(cfn, "describe_stack_resource_drifts", lambda r: r["StackResourceDrifts"], **stack)

    slow_update(a, cfn, stack)
    a.call(cfn, "update_termination_protection", EnableTerminationProtection=True, **stack)
    a.refuses(cfn, "delete_stack", "ValidationError", **stack)
    cfn.update_termination_protection(EnableTerminationProtection=False, **stack)
    for name in ("realism-user", "realism"):
        a.call(cfn, "delete_stack", StackName=name)
        a.waits(cfn, "stack_delete_complete", "describe_stacks", StackName=name)


def slow_update(a, cfn, stack):
    a.refuses(cfn, "cancel_update_stack", "ValidationError", **stack)
    a.call(cfn, "update_stack", UsePreviousTemplate=True, Parameters=mutability("IMMUTABLE"), **stack)
    a.call(cfn, "cancel_update_stack", **stack)
    a.waits(cfn, "stack_rollback_complete", "describe_stacks", **stack)
    a.refuses(cfn, "continue_update_rollback", "ValidationError", **stack)
