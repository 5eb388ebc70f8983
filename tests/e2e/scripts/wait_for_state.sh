#!/bin/sh
# wait_for_state.sh SITE STATE: 0 when the site is in that state, 1 when it is not.
adsutil GET "w3svc/$1/ServerState" | grep -q "^ServerState  *: (INTEGER) $2\$"
