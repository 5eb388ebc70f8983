#!/bin/sh
# Every web site with its number and description.
adsutil ENUM /P /w3svc | tr -d '[]' | while read -r path; do
    case ${path##*/} in
        *[!0-9]* | '') continue ;;
    esac
    comment=$(adsutil GET "$path/ServerComment") || comment='ServerComment : (STRING) "-"'
    printf '%s\t%s\n' "${path##*/}" "$(printf '%s\n' "$comment" | sed 's/^[^"]*"\(.*\)"$/\1/')"
done
