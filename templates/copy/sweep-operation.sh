#!/bin/sh
# sweep-operation.sh ID: takes away what the copies of an operation left here.
umask 077
. ./sweep.sh
sweep_operation "$1"
