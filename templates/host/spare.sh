#!/bin/sh
# spare.sh FACT... -- STATE REPLACE ENV WORDS...: what a spare is, and what is at the paths of an app there: the lines of facts.sh
# and then those of obstacles.sh. Where a tool is missing the first are there all the same.
. ./facts.sh
shift
. ./../copy/obstacles.sh
