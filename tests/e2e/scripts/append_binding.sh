#!/bin/sh
# append_binding.sh SITE BINDING: SET replaces a list, so read it, add to it, write it.
site=$1 binding=$2
set --
old=$(adsutil GET "w3svc/$site/ServerBindings") || old=
while IFS= read -r line; do
    case $line in
        '  "'*'"')
            item=${line#'  "'}
            item=${item%'"'}
            [ "$item" = "$binding" ] && exit 0
            set -- "$@" "$item"
            ;;
    esac
done <<LINES
$old
LINES
exec adsutil SET "w3svc/$site/ServerBindings" "$@" "$binding"
