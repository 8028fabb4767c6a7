"""Calls every operation of AWS that the sandbox serves, and says of each whether boto3 agreed."""

import sys
import traceback

import boto3

import caches
import containers
import costs
import databases
import identities
import kubernetes
import metrics
import registries
import schedules
import secrets_of
import stacks
import tags
from agreement import Agreement

PARTS = [
    identities,
    registries,
    stacks,
    secrets_of,
    schedules,
    kubernetes,
    containers,
    caches,
    databases,
    metrics,
    costs,
    tags,
]

agreement = Agreement()
print(f"boto3 {boto3.__version__}")
troubles = []
for part in PARTS:
    try:
        part.agree(agreement)
    except Exception:
        traceback.print_exc()
        troubles.append(f"{part.__name__} broke off")
troubles += identities.throttled(agreement) + identities.apart(agreement)
good = agreement.report()
for trouble in troubles:
    print(f"differs     {trouble}")
sys.exit(0 if good and not troubles else 1)
