#!/bin/sh
# create_vdir.sh SITE NAME FOLDER: run as often as you like.
adsutil CREATE_VDIR "W3SVC/$1/Root/$2" | grep -v \
    -e '^$' -e 'ErrNumber: -2147024713 (0x800700B7)' -e 'Error creating the object: '
adsutil SET "W3SVC/$1/Root/$2/Path" "$3" | grep '^Path  *: (STRING) "'
