#!/bin/sh
# remove_site.sh SITE: stop it, then delete it with all below it.
adsutil STOP_SERVER "w3svc/$1" || exit 1
adsutil DELETE "w3svc/$1/"
