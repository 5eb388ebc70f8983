"""Errors: a command stops with them and writes nothing."""

from __future__ import annotations

from typing import Final

from bindctl.findings.finding import ERROR, Rule

ERRORS: Final[tuple[Rule, ...]] = (
    Rule(
        "MET001", "metabase_not_found", ERROR, "There is no metabase.", "bindctl init"
    ),
    Rule(
        "MET002",
        "metabase_unreadable",
        ERROR,
        "The file is not a TOML document that bindctl can read.",
        "Correct the line named; nothing was written.",
    ),
    Rule(
        "MET003",
        "metabase_exists",
        ERROR,
        "A metabase is there already.",
        "Use it, or name another file.",
    ),
    Rule(
        "MET004",
        "metabase_locked",
        ERROR,
        "Another process holds the metabase's lock.",
        "Try again.",
    ),
    Rule(
        "MET005",
        "not_permitted",
        ERROR,
        "The system refuses access to a file.",
        "Correct owner or mode.",
    ),
    Rule(
        "MET006",
        "write_failed",
        ERROR,
        "A file could not be written; its old content stands.",
        "Free space or choose another folder.",
    ),
    Rule(
        "MET007",
        "changed_since_read",
        ERROR,
        "The metabase has changed since it was read for this change.",
        "Read it again and make the change anew.",
    ),
    Rule(
        "MET008",
        "unknown_version",
        ERROR,
        "The file has a schema_version that this bindctl does not know.",
        "Use the bindctl that wrote it, or a later one.",
    ),
    Rule(
        "MET009",
        "backup_not_found",
        ERROR,
        "There is no backup of that name and version.",
        "bindctl backup list shows them.",
    ),
    Rule(
        "MET010",
        "backup_unusable",
        ERROR,
        "The backup cannot be opened: another password is needed, or its file is "
        "damaged.",
        "Give the password it was made with; nothing was changed.",
    ),
    Rule(
        "MET011",
        "backup_refused",
        ERROR,
        "A backup cannot be made: its name is not allowed, or its version is taken.",
        "Choose another name or version.",
    ),
    Rule(
        "MET012",
        "edit_failed",
        ERROR,
        "The editor could not be run, or ended with an error.",
        "Set VISUAL or EDITOR to a command; nothing was changed.",
    ),
    Rule(
        "MET013",
        "not_formattable",
        ERROR,
        "The file cannot be put into canonical order without changing its meaning.",
        "Correct what is named.",
    ),
    Rule(
        "MET014",
        "version_not_found",
        ERROR,
        "The history has no such version, or none to go back to.",
        "bindctl history list shows those that are kept.",
    ),
    Rule(
        "MET101",
        "path_not_found",
        ERROR,
        "The metabase has no such key.",
        "bindctl enum shows the keys below a path.",
    ),
    Rule(
        "MET102",
        "unknown_property_name",
        ERROR,
        "The schema has no such property.",
        "Correct the spelling.",
    ),
    Rule(
        "MET103",
        "property_not_allowed",
        ERROR,
        "A key of this type may not hold the property.",
        "Set it on a key that may.",
    ),
    Rule(
        "MET104",
        "property_not_set",
        ERROR,
        "The property is not stored at this key.",
        "It may be inherited from a key above.",
    ),
    Rule(
        "MET105",
        "value_not_of_type",
        ERROR,
        "The value does not fit the type the schema gives.",
        "Write a value of that type.",
    ),
    Rule(
        "MET106",
        "key_exists",
        ERROR,
        "A key of that name is there already.",
        "Choose another name.",
    ),
    Rule(
        "MET107",
        "volatile_property",
        ERROR,
        "The property belongs to the running service and is never stored.",
        "bindctl reset changes it.",
    ),
    Rule(
        "MET108",
        "unsupported_place",
        ERROR,
        "The key is written in a form that cannot be edited in place.",
        "Write it as a table of its own.",
    ),
    Rule(
        "MET109",
        "unclear_desired_state",
        ERROR,
        "The state to apply does not say clearly which sites it means.",
        "Name the site by its identifier.",
    ),
    Rule(
        "MET120",
        "key_below_itself",
        ERROR,
        "A key cannot be copied or moved to a place below itself.",
        "Choose a place outside the key.",
    ),
    Rule(
        "BND001",
        "not_a_binding",
        ERROR,
        "A host, port or address given to the Python API is not valid.",
        "Correct it; on the command line it is CLI004.",
    ),
    Rule(
        "BND002",
        "refused_by_check",
        ERROR,
        "The change would bring an error that `check` does not find now, and the gate "
        "refuses that.",
        "Mend what the findings name, or write without the gate.",
    ),
    Rule(
        "BND003",
        "refused_by_impact",
        ERROR,
        "The change would give requests of a site that the command does not name "
        "another site, certificate or refusal, and the gate refuses that.",
        "Read what would change, and allow it: --allow-impact.",
    ),
    Rule(
        "BND004",
        "refused_by_coverage",
        ERROR,
        "After the change a host of a secure binding would have no certificate that a "
        "browser accepts, and the gate refuses that.",
        "Assign a certificate that covers the host; until then the command shown "
        "fails.",
    ),
    Rule(
        "BND005",
        "refused_by_test",
        ERROR,
        "The change would break a test of the metabase that passes now, and the gate "
        "refuses that.",
        "Mend the change, or the test: bindctl test.",
    ),
    Rule(
        "CRT001",
        "certificate_not_found",
        ERROR,
        "No certificate in the store answers to that name or thumbprint.",
        "bindctl cert list shows them.",
    ),
    Rule(
        "CRT002",
        "not_a_certificate_name",
        ERROR,
        "A certificate cannot be made for that name.",
        "Give DNS names, *.example.com, or IP addresses.",
    ),
    Rule(
        "CRT003",
        "authority_unusable",
        ERROR,
        "The development authority's certificate or key cannot be used.",
        "Remove its folder to have a new one made.",
    ),
    Rule(
        "CRT004",
        "certificate_in_use",
        ERROR,
        "A site or a record names the certificate for bindings of its own: without it "
        "their handshakes fail, on a running service within a second.",
        "Assign another one first; cert remove --force removes it all the same.",
    ),
    Rule(
        "CRT005",
        "ambiguous_certificate",
        ERROR,
        "Several certificates answer to the name, and one of them is to be removed.",
        "Give the first digits of its thumbprint: bindctl cert list.",
    ),
    Rule(
        "RTE001",
        "not_a_url",
        ERROR,
        "The text is neither an http or https URL nor a host.",
        "Write http://host[:port]/ or https://host[:port]/.",
    ),
    Rule(
        "RTE002",
        "not_a_configuration",
        ERROR,
        "The configuration to compare with is neither a file, nor a version of "
        "history, nor `running`.",
        "Name a file, a number of bindctl history list, running, or - for the standard "
        "input.",
    ),
    Rule(
        "RTE003",
        "unclear_question",
        ERROR,
        "explain cannot tell which request is meant: the parts contradict one "
        "another, or say too little.",
        "Ask about a URL, or about --host with --port, --scheme and --sni.",
    ),
    Rule(
        "RTE006",
        "nothing_to_draw",
        ERROR,
        "No binding matches the hosts and sites that were asked for.",
        "Ask for others: bindctl map shows all of them.",
    ),
    Rule(
        "SRV001",
        "service_not_running",
        ERROR,
        "No service runs for this metabase.",
        "bindctl reset starts it.",
    ),
    Rule(
        "SRV002",
        "service_running",
        ERROR,
        "A service runs for this metabase already.",
        "bindctl reset gives it the new configuration.",
    ),
    Rule(
        "SRV003",
        "service_failed",
        ERROR,
        "The service did not start or did not answer.",
        "Its log is beside the control socket.",
    ),
    Rule(
        "SRV004",
        "site_refused",
        ERROR,
        "The service refuses to change the state of a site.",
        "bindctl status says what each site is doing.",
    ),
    Rule(
        "SRV005",
        "probe_failed",
        ERROR,
        "After a reset the service did not answer as planned, and what was in force "
        "before was brought back.",
        "Read the differences, mend the metabase, and reset again.",
    ),
    Rule(
        "SRV006",
        "nothing_to_revert",
        ERROR,
        "The service keeps no earlier plan: it was not reset since it started, or that "
        "reset was taken back already.",
        "bindctl undo takes back the last change of the metabase; bindctl reset puts it "
        "in force.",
    ),
    Rule(
        "CLI001",
        "usage",
        ERROR,
        "The command line is not one bindctl knows.",
        "bindctl COMMAND --help shows what it takes.",
    ),
    Rule(
        "CLI002",
        "unreadable_input",
        ERROR,
        "A file named on the command line cannot be read or understood.",
        "Correct its name or its content; nothing was written.",
    ),
    Rule(
        "CLI003",
        "answer_not_written",
        ERROR,
        "The command was run, but its answer could not be written: its output is on a "
        "full disk, say.",
        "Free space, or send the answer elsewhere; what was changed stays changed.",
    ),
    Rule(
        "CLI004",
        "invalid_option_value",
        ERROR,
        "The option does not take this value.",
        "bindctl COMMAND --help shows what it takes.",
    ),
    Rule(
        "CLI005",
        "unknown_code",
        ERROR,
        "No finding or error has that code or name.",
        "bindctl rule lists them.",
    ),
)
