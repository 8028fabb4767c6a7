"""Calls the sandbox through boto3 and holds every reply against botocore's own models."""

import json
import os
import time
import urllib.request
from xml.etree import ElementTree

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import RpcV2CBORParser

REGION = "ap-southeast-2"
SHARED = "111100000000"
DEV = "111100000001"
PROD = "111100000003"


class Agreement:
    """What boto3 made of each operation: nothing to say, or how it differs."""

    def __init__(self):
        self.endpoint = os.environ["SANDBOX_AWS"]
        self.control = os.environ["SANDBOX_CONTROL"]
        self.served = json.loads(os.environ["SANDBOX_SERVED"])
        self.problems = {}
        self.bodies = {}

    def client(self, service, account=SHARED, region=REGION, **config):
        config.setdefault("retries", {"max_attempts": 1, "mode": "standard"})
        client = boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=f"AKIA{account}SANDBOX",
            aws_secret_access_key="sandbox",
            config=Config(**config),
        )
        return self.watch(client)

    def watch(self, client):
        """Keeps what came over the wire, and judges each reply as it arrives."""
        service = client.meta.service_model
        prefix = service.service_id.hyphenize()

        def keep(operation_model, response_dict, **_):
            self.bodies[operation_model.name] = response_dict["body"]

        def judge(http_response, parsed, model, **_):
            if http_response.status_code < 300 and model.output_shape:
                for problem in self.judge(service, model, parsed):
                    self.tell(service, model.name, problem)
            else:
                self.tell(service, model.name, None)

        client.meta.events.register(f"before-parse.{prefix}", keep)
        client.meta.events.register(f"after-call.{prefix}", judge)
        return client

    def judge(self, service, model, parsed):
        self.tell(service, model.name, None)
        reply = {k: v for k, v in parsed.items() if k != "ResponseMetadata"}
        yield from wrong_members(model.output_shape, reply, model.name)
        body = self.bodies.pop(model.name, b"")
        yield from unknown_on_the_wire(service.resolved_protocol, model, body)

    def tell(self, service, operation, problem):
        key = (service.signing_name, operation)
        found = self.problems.setdefault(key, [])
        if problem and problem not in found:
            found.append(problem)

    def call(self, client, operation, expect=None, **arguments):
        """Calls; `expect` is asked whether the reply will do."""
        model = client.meta.service_model
        name = client.meta.method_to_api_mapping[operation]
        try:
            reply = getattr(client, operation)(**arguments)
        except ClientError as error:
            self.tell(model, name, f"refused: {error}")
            return {}
        try:
            will_do = expect is None or expect(reply)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            will_do = False
            self.tell(model, name, f"{type(error).__name__} {error}")
        if not will_do:
            reply.pop("ResponseMetadata", None)
            self.tell(model, name, f"not as expected: {str(reply)[:300]}")
        return reply

    def refuses(self, client, operation, code, **arguments):
        """Calls what must be refused: with a code, and with the class of the service's own model where it has one."""
        model = client.meta.service_model
        name = client.meta.method_to_api_mapping[operation]
        try:
            getattr(client, operation)(**arguments)
        except ClientError as error:
            found = error.response["Error"]["Code"]
            if found != code:
                self.tell(model, name, f"refused with {error}, not {code}")
            elif code in dir(client.exceptions) and not isinstance(
                error, getattr(client.exceptions, code)
            ):
                self.tell(model, name, f"{code} is not the modeled exception")
        else:
            self.tell(model, name, f"was not refused with {code}")

    def pages(self, client, operation, key, least=2, size=1, **arguments):
        """Goes through all pages of a size and returns what was on them."""
        model = client.meta.service_model
        name = client.meta.method_to_api_mapping[operation]
        items, pages = [], 0
        paginator = client.get_paginator(operation)
        try:
            for page in paginator.paginate(
                PaginationConfig={"PageSize": size} if size else {}, **arguments
            ):
                pages += 1
                items += page[key]
        except ClientError as error:
            self.tell(model, name, f"paginator: {error}")
        if pages < least:
            self.tell(model, name, f"paginator: {pages} pages, not {least}")
        return items

    def waits(self, client, waiter, operation, **arguments):
        """Lets a waiter wait; the sandbox is fast, so it asks often."""
        model = client.meta.service_model
        name = client.meta.method_to_api_mapping[operation]
        try:
            client.get_waiter(waiter).wait(
                WaiterConfig={"Delay": 0.3, "MaxAttempts": 100}, **arguments
            )
        except Exception as error:  # WaiterError has many causes
            self.tell(model, name, f"waiter {waiter}: {error}")

    def ask_control(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.control}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request) as reply:
            return json.loads(reply.read() or b"null")

    def advance(self, seconds):
        self.ask_control("POST", "/clock", {"advanceSeconds": seconds})
        time.sleep(0.2)

    def report(self):
        """Prints a line for each operation served; false when one differs or was not called."""
        good = True
        for service, operations in sorted(self.served.items()):
            for operation in operations:
                problems = self.problems.get((service, operation))
                if problems is None:
                    print(f"not called  {service} {operation}")
                elif problems:
                    print(f"differs     {service} {operation}: {'; '.join(problems)}")
                else:
                    print(f"agreed      {service} {operation}")
                good = good and problems == []
        return good


def wrong_members(shape, value, path):
    """Members that the model requires and the reply lacks; values that no enum has."""
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                yield f"{path}.{name} is required"
        for name, item in value.items():
            if name in shape.members:
                yield from wrong_members(shape.members[name], item, f"{path}.{name}")
    elif shape.type_name == "list":
        for item in value:
            yield from wrong_members(shape.member, item, f"{path}[]")
    elif shape.type_name == "map":
        for item in value.values():
            yield from wrong_members(shape.value, item, f"{path}{{}}")
    elif shape.type_name == "string" and getattr(shape, "enum", None):
        if value not in shape.enum:
            yield f"{path} is {value!r}, one of {', '.join(shape.enum[:12])}"


def unknown_on_the_wire(protocol, model, body):
    """Members on the wire that botocore's model does not have, and would drop without a word."""
    shape = model.output_shape
    if protocol == "query":
        result = strip(ElementTree.fromstring(body)).find(
            shape.serialization.get("resultWrapper", f"{model.name}Result")
        )
        if result is not None:
            yield from unknown_elements(shape, result, model.name)
    elif "cbor" in protocol:
        parser = RpcV2CBORParser()
        stream = parser.get_peekable_stream_from_bytes(body)
        yield from unknown_keys(shape, parser.parse_data_item(stream), model.name)
    elif body:
        yield from unknown_keys(shape, json.loads(body), model.name)


def strip(root):
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
    return root


def unknown_elements(shape, element, path):
    if shape.type_name == "structure":
        known = {}
        for name, member in shape.members.items():
            flat = member.type_name == "list" and member.serialization.get("flattened")
            own = member.member.serialization.get("name") if flat else None
            known[own or member.serialization.get("name", name)] = member
        for child in element:
            if child.tag not in known:
                yield f"{path}.{child.tag} is unknown"
            else:
                yield from unknown_elements(known[child.tag], child, f"{path}.{child.tag}")
    elif shape.type_name == "list":
        name = shape.member.serialization.get("name", "member")
        for child in element:
            if child.tag != name:
                yield f"{path}: an item is {child.tag}, not {name}"
            else:
                yield from unknown_elements(shape.member, child, f"{path}[]")


def unknown_keys(shape, value, path):
    if value is None:
        return
    if shape.type_name == "structure":
        known = {
            member.serialization.get("name", name): member
            for name, member in shape.members.items()
        }
        for name, item in value.items():
            if name not in known:
                yield f"{path}.{name} is unknown"
            else:
                yield from unknown_keys(known[name], item, f"{path}.{name}")
    elif shape.type_name == "list":
        for item in value:
            yield from unknown_keys(shape.member, item, f"{path}[]")
    elif shape.type_name == "map":
        for item in value.values():
            yield from unknown_keys(shape.value, item, f"{path}{{}}")
