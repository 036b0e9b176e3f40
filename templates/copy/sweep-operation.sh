#!/bin/sh
# sweep-operation.sh ID: removes what the copies of an operation left here.
umask 077
. ./sweep.sh
sweep_operation "$1"
