#!/bin/sh
# enable.sh UNIT [FOLDER...]: starts a unit for good. Links that its `[Install]` does not name are made as on the template:
# FOLDERs below /etc/systemd/system, such as multi-user.target.wants. Prints `unchanged` if it runs already. `enable` makes
# systemd reload its units; `start` does not start a unit again that runs or is starting (systemctl(1)).
set -eu
unit=$1
shift
systemctl enable --quiet -- "$unit"
for folder in "$@"; do
  [ -L "/etc/systemd/system/$folder/$unit" ] || systemctl "add-${folder##*.}" --quiet -- "${folder%.*}" "$unit"
done
if systemctl is-active --quiet -- "$unit"; then echo unchanged; exit 0; fi
systemctl start -- "$unit"
