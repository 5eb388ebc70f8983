#!/bin/sh
# create_site.sh COMMENT BINDING FOLDER: a site at the next free number, started.
comment=$1 binding=$2 folder=$3
last=$(adsutil ENUM /P W3SVC | sed -n 's,^\[/W3SVC/\([0-9][0-9]*\)\]$,\1,p' | sort -n | tail -n 1)
site=$((${last:-0} + 1))
adsutil CREATE "w3svc/$site" IIsWebServer >/dev/null || exit 1
adsutil SET "w3svc/$site/ServerComment" "$comment" >/dev/null || exit 1
adsutil SET "w3svc/$site/ServerBindings" "$binding" >/dev/null || exit 1
adsutil CREATE_VDIR "w3svc/$site/ROOT" >/dev/null || exit 1
adsutil SET "w3svc/$site/ROOT/Path" "$folder" >/dev/null || exit 1
adsutil SET "w3svc/$site/ROOT/AccessRead" TRUE >/dev/null || exit 1
adsutil APPCREATEPOOLPROC "w3svc/$site/ROOT" >/dev/null || exit 1
if ! adsutil START_SERVER "w3svc/$site"; then
    echo "site $site was made but does not start"
fi
