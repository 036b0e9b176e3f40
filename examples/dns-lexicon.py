#!/usr/bin/python3
"""A program for `provider: exec` that keeps records by lexicon: Alibaba Cloud DNS, Route 53 and many more.

    program: [./dns-lexicon.py, PROVIDER, OPTION...]

PROVIDER and its options are those of lexicon(1), such as `powerdns --pdns-server http://127.0.0.1:8081 --pdns-server-id
localhost`. Secrets come from the environment, as lexicon reads them: LEXICON_POWERDNS_AUTH_TOKEN. Needs lexicon 3.

lexicon compares nothing and knows no record sets. So a set is changed record by record, new ones first: users always get an
answer, except for the moment in which a TTL changes. `update` is not used: with a record that is gone it
adds a second one. Zones must lie below a public suffix, such as example.com: lexicon takes other names apart in the wrong place.
"""

import json
import subprocess
import sys

TYPES = ("A", "AAAA", "CNAME")
STALE = 3


def lexicon(provider, verb, zone, kind, options, *more):
    words = ["lexicon", provider, verb, zone, kind, *more, *options]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        # Errors of a provider are tracebacks, and the last line says it.
        sys.exit((done.stderr.strip().splitlines() or ["lexicon failed"])[-1])
    return done.stdout


def below(name, zone):
    name = name.rstrip(".").lower()
    return "@" if name == zone else name.removesuffix("." + zone)


def plain(kind, content):
    return content.rstrip(".").lower() if kind == "CNAME" else content


def read(provider, options, zone):
    """By name and type: the TTL, and the contents."""
    sets = {}
    for kind in TYPES:
        for record in json.loads(lexicon(provider, "list", zone, kind, [*options, "--output", "JSON"]) or "[]"):
            if record["type"] != kind:
                continue
            key = (below(record["name"], zone), kind)
            ttl, values = sets.get(key, (int(record["ttl"] or 0), []))
            sets[key] = (ttl, sorted({*values, plain(kind, record["content"])}))
    return sets


def wanted(content):
    return None if content is None else (content["ttl"], sorted(content["values"]))


def change(provider, options, zone, name, kind, had, to):
    whole = zone if name == "@" else f"{name}.{zone}"
    had_ttl, had_values = had or (None, [])
    ttl, values = to or (None, [])
    names = ["--name", whole]
    if had is not None and to is not None and had_ttl != ttl:
        # The records of a set have one TTL, and new ones get that of the set.
        lexicon(provider, "delete", zone, kind, options, *names)
        had_values = []
    for value in values:
        if value not in had_values:
            lexicon(provider, "create", zone, kind, options, *names, "--content", value, "--ttl", str(ttl))
    for value in had_values:
        if value not in values:
            lexicon(provider, "delete", zone, kind, options, *names, "--content", value)


def main():
    provider, *options, verb, zone = sys.argv[1:]
    sets = read(provider, options, zone)
    if verb == "list":
        records = [
            {"name": name, "type": kind, "ttl": ttl, "values": values} for (name, kind), (ttl, values) in sets.items()
        ]
        json.dump({"records": records}, sys.stdout)
        return
    changes = json.load(sys.stdin)["changes"]
    if any(sets.get((each["name"], each["type"])) != wanted(each["from"]) for each in changes):
        sys.exit(STALE)
    for each in changes:
        had = sets.get((each["name"], each["type"]))
        change(provider, options, zone, each["name"], each["type"], had, wanted(each["to"]))


main()
