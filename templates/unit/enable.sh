#!/bin/sh
# enable.sh UNIT [FOLDER...]: starts a unit for good. What its `[Install]` does not say is linked as it is on the template: FOLDERs
# below /etc/systemd/system, such as multi-user.target.wants. Prints `unchanged` where it runs.
# `enable` makes systemd read its units anew; `start` on a unit that runs, or is just starting, starts it no second time
# (systemctl(1)).
set -eu
unit=$1
shift
systemctl enable --quiet -- "$unit"
for folder in "$@"; do
  [ -L "/etc/systemd/system/$folder/$unit" ] || systemctl "add-${folder##*.}" --quiet -- "${folder%.*}" "$unit"
done
if systemctl is-active --quiet -- "$unit"; then echo unchanged; exit 0; fi
systemctl start -- "$unit"
