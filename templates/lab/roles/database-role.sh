#!/bin/sh
# database-role.sh: answers one HTTP request on standard input: 200 if the server here accepts writes; 503 if it does not, or
# does not answer within a second.
while IFS= read -r line && [ ${#line} -gt 1 ]; do :; done
status='503 Service Unavailable'
if [ "$(timeout 1 mariadb --skip-column-names --execute 'SELECT @@global.read_only' 2> /dev/null)" = 0 ]; then
  status='200 OK'
fi
printf 'HTTP/1.0 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' "$status"
