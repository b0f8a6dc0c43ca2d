"""Reads RDAP documents with whoisit's parser, without a network, one JSON line for each file.

Usage: peer_rdap.py FILE..  Each line: {"file": .., "read": {..}} or {"file": .., "refused": why}.
Only what both readers tell is printed: name, registrar, the three dates as UTC seconds, name
servers, statuses and whether the delegation is signed.
"""

import json
import sys
from datetime import timezone

from whoisit import parser


class Bootstrap:
    """Stands in for the registries' addresses: nothing is looked up."""

    def is_using_overrides(self):
        return True

    def __getattr__(self, name):
        return lambda *args, **kwargs: None


def seconds(when):
    if when is None:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=timezone.utc)
    return int(when.timestamp())


def registrar(parsed):
    for entity in parsed.get("entities", {}).get("registrar", []):
        return entity.get("name") or None
    return None


def read(path):
    with open(path, "rb") as file:
        document = json.loads(file.read())
    parsed = parser.parse(Bootstrap(), "domain", path, document)
    return {
        "name": parsed["name"].lower() or None,
        "registrar": registrar(parsed),
        "created": seconds(parsed["registration_date"]),
        "updated": seconds(parsed["last_changed_date"]),
        "expires": seconds(parsed["expiration_date"]),
        "nameservers": [host.lower().rstrip(".") for host in parsed["nameservers"]],
        "statuses": sorted(parsed["status"]),
        "dnssec": parsed["dnssec"],
    }


for path in sys.argv[1:]:
    try:
        line = {"file": path, "read": read(path)}
    except Exception as error:  # a refusal is an answer: the test knows which documents are refused
        line = {"file": path, "refused": f"{type(error).__name__}: {error}"[:160]}
    print(json.dumps(line, ensure_ascii=True))
