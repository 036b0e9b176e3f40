#!/bin/sh
# spare.sh FACT... -- STATE REPLACE ENV WORDS...: facts about a spare host, and what is at the paths of an app there: the
# lines of facts.sh, then those of obstacles.sh. If a tool is missing, the lines of facts.sh are still printed.
. ./facts.sh
shift
. ./../copy/obstacles.sh
