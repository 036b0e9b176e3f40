"""Reads {"groups": {source: {group: node set}}, "expressions": [...]} from stdin; prints what ClusterShell makes of each:
a sorted list of names, or null where it refuses."""
import json
import sys

from ClusterShell.NodeSet import NodeSet, NodeSetException
from ClusterShell.NodeUtils import GroupResolver, GroupSource

asked = json.load(sys.stdin)
sources = [GroupSource(name, groups) for name, groups in asked["groups"].items()]
resolver = GroupResolver(sources[0])
for source in sources[1:]:
    resolver.add_source(source)


def names(expression):
    try:
        return sorted(NodeSet(expression, resolver=resolver))
    except NodeSetException:
        return None


json.dump([names(expression) for expression in asked["expressions"]], sys.stdout)
