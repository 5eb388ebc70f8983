#!/bin/sh
# change_binding.sh SITE BINDING: stop, change, start, as the manual says.
adsutil STOP_SERVER "w3svc/$1" || exit 1
adsutil SET "w3svc/$1/ServerBindings" "$2" || exit 1
adsutil START_SERVER "w3svc/$1"
