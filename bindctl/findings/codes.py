"""The table of codes: every finding and error bindctl can report.

One row a code. Codes are never reused; ``docs/reference/findings.md`` is made from
this table and a test compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.finding import Finding, Severity

if TYPE_CHECKING:
    from bindctl.findings.finding import Place

_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO


class Rule(NamedTuple):
    """One row of the table.

    Attributes:
        code: ``AAA999``.
        name: The defect, in snake case.
        severity: What it is unless the rule says otherwise.
        meaning: What it means to a visitor or an administrator.
        remedy: What mends it.
    """

    code: str
    name: str
    severity: Severity
    meaning: str
    remedy: str


# Findings: `check` reports them, nothing stops at the first.
FINDINGS: Final[tuple[Rule, ...]] = (
    Rule(
        "MET201",
        "unknown_property",
        _W,
        "The schema has no property of this name, so nothing reads it.",
        "Correct the spelling, or remove the line.",
    ),
    Rule(
        "MET202",
        "wrong_type",
        _E,
        "The value is not of the type the schema gives the property, so the value is "
        "not used.",
        "Write a value of that type.",
    ),
    Rule(
        "MET203",
        "duplicate_key",
        _E,
        "Two keys or properties differ only in letter case. Names are "
        "case-insensitive, so only the first counts.",
        "Remove one of the two.",
    ),
    Rule(
        "MET204",
        "missing_directory",
        _W,
        "The folder a virtual directory's Path names does not exist; every request "
        "for it is answered 404.",
        "Create the folder, or correct Path.",
    ),
    Rule(
        "MET205",
        "no_root_directory",
        _W,
        "The site has no ROOT key with a Path, so it has nothing to answer from; "
        "every request is answered 404.",
        "Set Path on the site's ROOT key.",
    ),
    Rule(
        "MET206",
        "ignored_site",
        _E,
        "A key below W3SVC looks like a site, but its name is no identifier: a number "
        "of at most ten digits without leading zeros. Nothing serves it.",
        "Rename the table.",
    ),
    Rule(
        "MET207",
        "exposed_folder",
        _W,
        "The folder a site serves holds the metabase or its certificates. Those files "
        "are never served, but everything else there is.",
        "Give the site a folder of its own.",
    ),
    Rule(
        "BND101",
        "invalid_binding",
        _E,
        "The text is no binding. It is stored, as on IIS, but the site will not "
        "start: 0x80070057, The parameter is incorrect.",
        "Write IP:port:host; the address and the host may be empty.",
    ),
    Rule(
        "BND102",
        "no_bindings",
        _W,
        "The site has no binding, so nothing can reach it.",
        "Set ServerBindings or SecureBindings.",
    ),
    Rule(
        "BND103",
        "trailing_dot",
        _W,
        "The host ends in a dot. bindctl drops it; IIS refuses to start such a site.",
        "Remove the dot.",
    ),
    Rule(
        "BND104",
        "address_as_host",
        _W,
        "The host part is an IP address. It only matches requests that name the "
        "address in their Host header, and a certificate needs an IP address name.",
        "Put the address in the first part of the binding.",
    ),
    Rule(
        "BND201",
        "duplicate_registration",
        _E,
        "Two sites register the same endpoint and host. Only one of them can be "
        "started; the other refuses with 0x800700B7, Cannot create a file when that "
        "file already exists. A warning where only one starts by itself.",
        "Change the host, port or address of one of the two.",
    ),
    Rule(
        "BND202",
        "repeated_binding",
        _E,
        "One site registers the same endpoint and host twice. IIS 7+ cannot read "
        "such a configuration.",
        "Remove one of the two items.",
    ),
    Rule(
        "BND203",
        "both_schemes_on_port",
        _E,
        "HTTP and HTTPS are bound to one port. http.sys gives a port one scheme: the "
        "later site refuses with 0x800700B7.",
        "Move one of the two to another port.",
    ),
    Rule(
        "BND301",
        "conflicting_certificates",
        _E,
        "Bindings without SNI share one certificate record an IP:port, and these "
        "name different certificates: one certificate is used for all of them.",
        "Set SslFlags to 1 (SNI), use one certificate for all, or another port.",
    ),
    Rule(
        "BND302",
        "hidden_server_name",
        _W,
        "A binding without SNI on a concrete address decides the certificate of "
        "every connection to it: SNI certificates are never used there.",
        "Bind it to any address, or set SslFlags to 1 on its site.",
    ),
    Rule(
        "BND303",
        "server_name_without_host",
        _E,
        "SslFlags asks for SNI, but the binding has no host to choose by, so it has "
        "no certificate.",
        "Give the binding a host, or set SslFlags to 0.",
    ),
    Rule(
        "BND304",
        "conflicting_server_name",
        _E,
        "SNI records are kept by host and port, not by address: these bindings share "
        "one record and name different certificates.",
        "Use one certificate for the host, or another port.",
    ),
    Rule(
        "BND305",
        "only_server_name",
        _I,
        "Every HTTPS binding of the port needs SNI: a client that sends none is "
        "refused.",
        "Add a site without SNI if such clients matter.",
    ),
    Rule(
        "BND306",
        "unsupported_certificate_source",
        _E,
        "SslFlags asks for the central certificate store, which this server does not "
        "read: the binding has no certificate.",
        "Set SslFlags to 0 or 1 and assign a certificate.",
    ),
    Rule(
        "BND307",
        "invalid_certificate_record",
        _E,
        "A record under http/sslcert has a key that is neither IP:port nor "
        "host:port, or no CertHash; it is not used.",
        "Write the key as netsh shows it: 0.0.0.0:443 or www.example.com:443.",
    ),
    Rule(
        "BND308",
        "invalid_listen_address",
        _E,
        "An item of ListenAddresses is no address, so it is left out; when none is "
        "left, no binding to any address is opened.",
        "Write 127.0.0.1, ::1 or another address of this machine; * is every one.",
    ),
    Rule(
        "BND309",
        "address_not_listened_on",
        _W,
        "The binding names an address that ListenAddresses leaves out: the site does "
        "not start.",
        "Add the address to ListenAddresses, or bind another.",
    ),
    Rule(
        "CRT101",
        "no_certificate",
        _E,
        "An HTTPS binding has no certificate: every handshake fails.",
        "Run bindctl cert assign.",
    ),
    Rule(
        "CRT102",
        "certificate_not_in_store",
        _E,
        "The certificate named is not in the store: every handshake fails.",
        "Import it, or assign one that is there: bindctl cert list.",
    ),
    Rule(
        "CRT103",
        "unreadable_certificate",
        _E,
        "The file in the store is no certificate, or cannot be read.",
        "Replace the file, or create the certificate again.",
    ),
    Rule(
        "CRT201",
        "host_not_covered",
        _E,
        "The certificate shown for the host has no name that covers it, by RFC 9525: "
        "browsers refuse the connection.",
        "Assign a certificate that names the host.",
    ),
    Rule(
        "CRT301",
        "expired_certificate",
        _E,
        "The certificate is past its last day.",
        "Create or request a new one and assign it.",
    ),
    Rule(
        "CRT302",
        "certificate_not_yet_valid",
        _E,
        "The certificate's first day is in the future.",
        "Wait, or correct the clock of the machine.",
    ),
    Rule(
        "CRT303",
        "expiring_certificate",
        _W,
        "The certificate ends within 30 days.",
        "Create or request a new one and assign it.",
    ),
    Rule(
        "CRT401",
        "missing_private_key",
        _E,
        "The store holds the certificate without its private key: every handshake "
        "fails.",
        "Put the key beside it, or create the certificate again.",
    ),
    Rule(
        "CRT402",
        "mismatched_private_key",
        _E,
        "The private key beside the certificate belongs to another one, is encrypted "
        "or damaged: every handshake fails.",
        "Put the right key beside it.",
    ),
)

# Errors: a command stops with them and writes nothing.
ERRORS: Final[tuple[Rule, ...]] = (
    Rule("MET001", "metabase_not_found", _E, "There is no metabase.", "bindctl init"),
    Rule(
        "MET002",
        "metabase_unreadable",
        _E,
        "The file is no TOML document bindctl can read.",
        "Correct the line named; nothing was written.",
    ),
    Rule(
        "MET003",
        "metabase_exists",
        _E,
        "A metabase is there already.",
        "Use it, or name another file.",
    ),
    Rule(
        "MET004",
        "metabase_locked",
        _E,
        "Another process holds the metabase's lock.",
        "Try again.",
    ),
    Rule(
        "MET005",
        "not_permitted",
        _E,
        "The system refuses access to a file.",
        "Correct owner or mode.",
    ),
    Rule(
        "MET006",
        "write_failed",
        _E,
        "A file could not be written; its old content stands.",
        "Free space or choose another folder.",
    ),
    Rule(
        "MET007",
        "changed_since_read",
        _E,
        "The metabase has changed since it was read for this change.",
        "Read it again and make the change anew.",
    ),
    Rule(
        "MET009",
        "backup_not_found",
        _E,
        "There is no backup of that name and version.",
        "bindctl backup list shows them.",
    ),
    Rule(
        "MET010",
        "backup_unusable",
        _E,
        "The backup cannot be opened: another password is needed, or its file is "
        "damaged.",
        "Give the password it was made with; nothing was changed.",
    ),
    Rule(
        "MET011",
        "backup_refused",
        _E,
        "A backup cannot be made: its name is none, or its version is taken.",
        "Choose another name or version.",
    ),
    Rule(
        "MET012",
        "edit_failed",
        _E,
        "The editor could not be run, or ended with an error.",
        "Set VISUAL or EDITOR to a command; nothing was changed.",
    ),
    Rule(
        "MET013",
        "not_formattable",
        _E,
        "The file cannot be put into canonical order without changing its meaning.",
        "Correct what is named.",
    ),
    Rule(
        "MET014",
        "version_not_found",
        _E,
        "The history has no such version, or none to go back to.",
        "bindctl history list shows those that are kept.",
    ),
    Rule(
        "MET008",
        "unknown_version",
        _E,
        "The file says a schema_version this bindctl does not know.",
        "Use the bindctl that wrote it, or a later one.",
    ),
    Rule(
        "MET101",
        "path_not_found",
        _E,
        "The metabase has no such key.",
        "bindctl enum shows the keys below a path.",
    ),
    Rule(
        "MET102",
        "unknown_property_name",
        _E,
        "The schema has no such property.",
        "Correct the spelling.",
    ),
    Rule(
        "MET103",
        "property_not_allowed",
        _E,
        "A key of this type may not hold the property.",
        "Set it on a key that may.",
    ),
    Rule(
        "MET104",
        "property_not_set",
        _E,
        "The property is not stored at this key.",
        "It may be inherited from a key above.",
    ),
    Rule(
        "MET105",
        "value_not_of_type",
        _E,
        "The value does not fit the type the schema gives.",
        "Write a value of that type.",
    ),
    Rule(
        "MET106",
        "key_exists",
        _E,
        "A key of that name is there already.",
        "Choose another name.",
    ),
    Rule(
        "MET107",
        "volatile_property",
        _E,
        "The property belongs to the running service and is never stored.",
        "bindctl reset changes it.",
    ),
    Rule(
        "MET108",
        "unsupported_place",
        _E,
        "The key is written in a form that cannot be edited in place.",
        "Write it as a table of its own.",
    ),
    Rule(
        "MET109",
        "unclear_desired_state",
        _E,
        "The state to apply does not say clearly which sites it means.",
        "Name the site by its identifier.",
    ),
    Rule(
        "MET120",
        "key_below_itself",
        _E,
        "A key cannot be copied or moved to a place below itself.",
        "Choose a place outside the key.",
    ),
    Rule(
        "BND001",
        "not_a_binding",
        _E,
        "A host, port or address given on the command line is none.",
        "Correct it.",
    ),
    Rule(
        "BND002",
        "refused_by_check",
        _E,
        "The change would bring an error that `check` does not find now, and was asked "
        "to be strict.",
        "Mend what the findings name, or change without --strict.",
    ),
    Rule(
        "CRT001",
        "certificate_not_found",
        _E,
        "No certificate in the store answers to that name or thumbprint.",
        "bindctl cert list shows them.",
    ),
    Rule(
        "CRT002",
        "not_a_certificate_name",
        _E,
        "A certificate cannot be made for that name.",
        "Give DNS names, *.example.com, or IP addresses.",
    ),
    Rule(
        "CRT003",
        "authority_unusable",
        _E,
        "The development authority's certificate or key cannot be used.",
        "Remove its folder to have a new one made.",
    ),
    Rule(
        "RTE001",
        "not_a_url",
        _E,
        "The text is no http or https URL.",
        "Write http://host[:port]/ or https://host[:port]/.",
    ),
    Rule(
        "SRV001",
        "service_not_running",
        _E,
        "No service runs for this metabase.",
        "bindctl reset starts it.",
    ),
    Rule(
        "SRV002",
        "service_running",
        _E,
        "A service runs for this metabase already.",
        "bindctl reset gives it the new configuration.",
    ),
    Rule(
        "SRV003",
        "service_failed",
        _E,
        "The service did not start or did not answer.",
        "Its log is beside the control socket.",
    ),
    Rule(
        "SRV004",
        "site_refused",
        _E,
        "The service refuses to change the state of a site.",
        "bindctl status says what each site is doing.",
    ),
    Rule(
        "CLI002",
        "unreadable_input",
        _E,
        "A file named on the command line cannot be read or understood.",
        "Correct its name or its content; nothing was written.",
    ),
    Rule(
        "CLI003",
        "answer_not_written",
        _E,
        "The command was run, but its answer could not be written: its output is on a "
        "full disk, say.",
        "Free space, or send the answer elsewhere; what was changed stays changed.",
    ),
    Rule(
        "CLI001",
        "usage",
        _E,
        "The command line is not one bindctl knows.",
        "bindctl COMMAND --help shows what it takes.",
    ),
)

RULES_BY_CODE: Final = {rule.code: rule for rule in FINDINGS + ERRORS}


def make_finding(
    code: str,
    place: Place,
    message: str,
    hint: str = "",
    severity: Severity | None = None,
) -> Finding:
    """A finding of that code, with the table's severity and remedy by default."""
    rule = RULES_BY_CODE[code]
    remedy = rule.remedy[0].lower() + rule.remedy[1:].rstrip(".")
    return Finding(code, severity or rule.severity, place, message, hint or remedy)
