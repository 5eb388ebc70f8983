"""Findings about the metabase itself: names, types, folders."""

from __future__ import annotations

from typing import Final

from bindctl.findings.finding import ERROR, WARNING, Rule

METABASE_FINDINGS: Final[tuple[Rule, ...]] = (
    Rule(
        "MET201",
        "unknown_property",
        WARNING,
        "The schema has no property of this name, so nothing reads it. An error where the "
        "name is nearly that of a property: what it was to say is not done.",
        "Correct the spelling, or remove the line.",
    ),
    Rule(
        "MET202",
        "wrong_type",
        ERROR,
        "The value is not of the type the schema gives the property, so the value is "
        "not used.",
        "Write a value of that type.",
    ),
    Rule(
        "MET203",
        "duplicate_key",
        ERROR,
        "A key says one property twice, in two spellings of its name or of the key's. "
        "Names are case-insensitive, so one counts: the first of a table, and of several "
        "tables the one in small letters.",
        "Remove one of the two.",
    ),
    Rule(
        "MET204",
        "missing_directory",
        WARNING,
        "The folder that Path of a virtual directory names does not exist; every "
        "request for it is answered 404.",
        "Create the folder, or correct Path.",
    ),
    Rule(
        "MET205",
        "no_root_directory",
        WARNING,
        "The site has no ROOT key with a Path, so it has nothing to answer from; "
        "every request is answered 404.",
        "Set Path on the site's ROOT key.",
    ),
    Rule(
        "MET206",
        "ignored_site",
        ERROR,
        "A key below W3SVC looks like a site, but its name is not an identifier: a "
        "number of at most ten digits without leading zeros. Nothing serves it.",
        "Rename the table.",
    ),
    Rule(
        "MET207",
        "exposed_folder",
        WARNING,
        "The folder a site serves holds the metabase or its certificates. Those files "
        "are never served, but everything else there is.",
        "Give the site a folder of its own.",
    ),
    Rule(
        "MET208",
        "unused_suppression",
        WARNING,
        "A comment bindctl: ignore takes no finding out of the report: what it was for "
        "is mended, or it stands at another line.",
        "Remove the comment, or put it at the end of the line it is for.",
    ),
    Rule(
        "MET209",
        "value_out_of_range",
        ERROR,
        "The value is of the right type, but smaller or larger than the schema allows, "
        "or names a flag the property does not have: it is not used. A warning where a "
        "number only has bits that no flag has.",
        "Write a value the schema allows.",
    ),
    Rule(
        "MET210",
        "property_not_allowed_here",
        WARNING,
        "A key of this type may not hold the property, so nothing reads it here.",
        "Move it to a key that may hold it.",
        "adsutil GET of IIS 6 fails there with 0x80005006 (property not supported).",
    ),
    Rule(
        "MET211",
        "unknown_key_type",
        WARNING,
        "The schema has no key type of this name. The key is read as its place and name "
        "make it.",
        "Correct the spelling, or remove KeyType.",
    ),
    Rule(
        "MET212",
        "invalid_check_option",
        ERROR,
        "The metabase's [check] table holds a value that the option does not take, so "
        "check goes on without it. A warning where it holds an unknown option.",
        "Correct it: select, ignore, severity, expiring or gate.",
    ),
)
