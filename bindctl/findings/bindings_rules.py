"""Findings about bindings and certificate records: what collides, what is hidden.

A missing number belonged to a finding that is gone; it is never used again.
"""

from __future__ import annotations

from typing import Final

from bindctl.findings.finding import ERROR, INFO, WARNING, Rule

_TEXT_FINDINGS: Final = (
    Rule(
        "BND101",
        "invalid_binding",
        ERROR,
        "The text is not a binding. It is stored, as on IIS, but the site will not start.",
        "Write IP:port:host; the address and the host may be empty.",
        "It is stored. The site does not start: 0x80070057, The parameter is incorrect; "
        "on IIS 6 event 1003 of W3SVC.",
    ),
    Rule(
        "BND102",
        "no_bindings",
        WARNING,
        "The site has no binding, so nothing can reach it.",
        "Set ServerBindings or SecureBindings.",
        "IIS 7 and later do not show a site without an HTTP or HTTPS binding.",
    ),
    Rule(
        "BND103",
        "trailing_dot",
        WARNING,
        "The host ends in a dot. bindctl drops it; an emulated version that refuses it "
        "does not start the site.",
        "Remove the dot.",
        {
            6: "IIS 7.5 is reported to store it and to refuse the start: Value does "
            "not fall within the expected range. IIS 6 is assumed to do the same.",
            8: "Nothing is known of IIS 8 and later; IIS 7.5 refuses the start.",
        },
    ),
    Rule(
        "BND104",
        "address_as_host",
        WARNING,
        "The host part is an IP address. It only matches requests that name the "
        "address in their Host header, and a certificate needs an IP address name.",
        "Put the address in the first part of the binding.",
        "Taken as a host name, as any other.",
    ),
    Rule(
        "BND105",
        "wildcard_host_unknown",
        ERROR,
        "The emulated version has no host names with a wildcard: the site does not "
        "start.",
        "Name each host, leave the host empty, or set EmulatedVersion to 10.",
        {
            6: "The binding is stored; the site does not start: 0x80070057, The "
            "parameter is incorrect.",
            10: "*.example.com is a host: an asterisk as the whole left-most label.",
        },
    ),
    Rule(
        "BND106",
        "ipv6_unknown",
        ERROR,
        "The emulated version has no IPv6 addresses in bindings: the site does not "
        "start.",
        "Bind any address or an IPv4 one, or set EmulatedVersion to 7 or later.",
        {
            6: "A binding is IPv4:port:host; the brackets are not an address, so the "
            "site does not start: 0x80070057.",
            7: "An IPv6 address in brackets is an address as any other.",
        },
    ),
    Rule(
        "BND107",
        "star_as_host",
        WARNING,
        "The host is an asterisk alone. bindctl reads it as any host, which is what is "
        "meant; other tools refuse it.",
        "Leave the host empty.",
        "IIS Express takes it for any host. The console of IIS refuses an asterisk in "
        "a host, and Microsoft warns of wildcards at the top level.",
    ),
    Rule(
        "BND108",
        "a_label_refused",
        ERROR,
        "The host is written in A-labels (xn--), which the emulated version refuses: "
        "the site does not start.",
        "Write the host in Unicode, or set EmulatedVersion to 8 or later.",
        {
            6: "Names in Unicode are not known; A-labels are the way.",
            7: "IIS 7.5 is reported to refuse the start, 0x80070057, and to take the "
            "same host in Unicode.",
            8: "Nothing is known of a refusal; both forms are one host.",
        },
    ),
    Rule(
        "BND109",
        "privileged_port",
        WARNING,
        "The port needs a privilege that this user does not have: the site does not "
        "start (only asked with --live).",
        "Serve with --port-offset 8000, run as root, grant CAP_NET_BIND_SERVICE, or lower "
        "the sysctl net.ipv4.ip_unprivileged_port_start.",
        "http.sys opens the port for the service, which needs no privilege for it.",
    ),
    Rule(
        "BND110",
        "address_not_on_machine",
        WARNING,
        "This machine does not have the address, so no request arrives there; where "
        "nothing opens the port for every address, the site does not start (only asked "
        "with --live).",
        "Bind an address of this machine, or any.",
        "http.sys listens on every address and filters, so the site starts and is "
        "never reached by that binding.",
    ),
    Rule(
        "BND111",
        "port_taken",
        ERROR,
        "Another process has the port: the site does not start (only asked with "
        "--live).",
        "Stop the process, or bind another port.",
        "The site does not start: 0x80070020, The process cannot access the file "
        "because it is being used by another process.",
    ),
)

_REGISTRATION_FINDINGS: Final = (
    Rule(
        "BND201",
        "duplicate_registration",
        ERROR,
        "Two sites register the same endpoint and host. Only one of them can be "
        "started; the other refuses with 0x800700B7, Cannot create a file when that "
        "file already exists. A warning where only one starts by itself.",
        "Change the host, port or address of one of the two.",
        "It is stored; the console asks first. At start the second "
        "site is refused: 0x800700B7, Cannot create a file when that file already "
        "exists; on IIS 6 event 1007 of W3SVC.",
    ),
    Rule(
        "BND202",
        "repeated_binding",
        ERROR,
        "One site registers the same endpoint and host twice.",
        "Remove one of the two items.",
        {
            6: "The second registration fails at start: 0x800700B7.",
            7: "The same text twice, in any letter case, makes the configuration "
            "unreadable: Cannot add duplicate collection entry. Two other spellings "
            "are stored, and the site does not start: 0x800700B7.",
        },
    ),
    Rule(
        "BND203",
        "both_schemes_on_port",
        ERROR,
        "HTTP and HTTPS are bound to one port. http.sys gives a port one scheme: the "
        "later site refuses with 0x800700B7.",
        "Move one of the two to another port.",
        "Stored; the later registration fails at start: 0x800700B7.",
    ),
    Rule(
        "BND204",
        "two_spellings",
        WARNING,
        "One endpoint and host is written in two ways: address empty, * or 0.0.0.0, "
        "letter case, leading zeros of a port, Unicode or A-labels.",
        "Write both in the same way.",
        {
            6: "Nothing is compared before the start; the second registration fails.",
            7: "The schema compares texts, in any letter case, and notices no other "
            "spelling; the second registration fails at start.",
        },
    ),
    Rule(
        "BND205",
        "shadowed_binding",
        INFO,
        "A binding to an address without a host seems to take every request to that "
        "address, but a host name on any address comes before it.",
        "Nothing, if that is meant; otherwise bind the host at that address too.",
        "Explicit host names are a category of their own, before addresses without a "
        "host.",
    ),
    Rule(
        "BND206",
        "unreachable_binding",
        WARNING,
        "No request can reach the binding: at every address that is listened on, a "
        "nearer binding has the same host.",
        "Remove the binding, or one of the nearer ones, or add an address to "
        "ListenAddresses.",
        "The site starts and gets no request by that binding.",
    ),
    Rule(
        "BND207",
        "secure_request_elsewhere",
        INFO,
        "A host has HTTP only, and another site answers HTTPS for it: a browser that "
        "tries HTTPS first shows that site, or warns of its certificate.",
        "Bind the host with HTTPS on its own site, or name the hosts of the site that "
        "answers.",
        "A binding without a host, or with a wildcard, takes what no nearer binding "
        "names.",
    ),
)

_RECORD_FINDINGS: Final = (
    Rule(
        "BND301",
        "conflicting_certificates",
        ERROR,
        "Bindings without SNI share one certificate record for each IP:port, and "
        "these name different certificates: one certificate is used for all of them.",
        "Set SslFlags to 1 (SNI), use one certificate for all, or another port.",
        {
            6: "One certificate for each IP:port, whatever the hosts: that of the "
            "first site is shown for all.",
            7: "One record for each IP:port: the certificate written last is shown "
            "for all sites. The console asks, scripts do not.",
            8: "As before for bindings without SNI; SslFlags 1 gives each host its own "
            "record.",
        },
    ),
    Rule(
        "BND302",
        "hidden_server_name",
        WARNING,
        "A binding without SNI on a concrete address decides the certificate of "
        "every connection to it: SNI certificates are never used there.",
        "Bind it to any address, or set SslFlags to 1 on its site.",
        {8: "The record of a concrete IP:port comes before every server name."},
    ),
    Rule(
        "BND303",
        "server_name_without_host",
        ERROR,
        "SslFlags asks for SNI or the central store, but the binding has no host to "
        "choose by, so it has no certificate.",
        "Give the binding a host, or set SslFlags to 0.",
        {8: "The tools refuse it; written by hand, no record can be made."},
    ),
    Rule(
        "BND304",
        "conflicting_server_name",
        ERROR,
        "SNI records are kept by host and port, not by address: these bindings share "
        "one record and name different certificates.",
        "Use one certificate for the host, or another port.",
        {8: "One record host:port: the certificate written last is shown for both."},
    ),
    Rule(
        "BND305",
        "only_server_name",
        INFO,
        "Every HTTPS binding of the port needs SNI: a client that sends none is "
        "refused.",
        "Add a site without SNI if such clients matter.",
        {8: "The console says so: No default SSL site has been created."},
    ),
    Rule(
        "BND307",
        "invalid_certificate_record",
        ERROR,
        "A record under http/sslcert has a key that is neither IP:port, host:port nor "
        "*:port, or no CertHash; it is not used.",
        "Write the key as netsh shows it: 0.0.0.0:443, www.example.com:443 or *:443.",
        {7: "netsh refuses to store such a record."},
    ),
    Rule(
        "BND308",
        "invalid_listen_address",
        ERROR,
        "An item of ListenAddresses is not an address, so it is left out; when none "
        "is left, no binding to any address is opened.",
        "Write 127.0.0.1, ::1 or another address of this machine; * is every one.",
    ),
    Rule(
        "BND309",
        "address_not_listened_on",
        ERROR,
        "The binding names an address that ListenAddresses leaves out: the site does "
        "not start. A warning where it would not start by itself.",
        "Add the address to ListenAddresses, or bind another.",
        "The site does not start: The format of the specified network name is invalid "
        "(1214).",
    ),
    Rule(
        "BND310",
        "sni_records_differ_only_by_address",
        INFO,
        "Two sites bind one host with SNI at two addresses. A record by server name "
        "holds no address: both sites have one certificate, and a renewal must change "
        "both.",
        "Nothing, while both name the same certificate.",
        {8: "The key of a record by server name holds the any-address and a port."},
    ),
    Rule(
        "BND311",
        "flags_beside_central_store",
        WARNING,
        "SslFlags has bits from 4 up together with the central store, where tools "
        "leave them out.",
        "Set SslFlags to 2 or 3.",
        {10: "The bits belong to a record; the central store has one for all hosts."},
    ),
    Rule(
        "BND312",
        "flags_unknown",
        WARNING,
        "The emulated version does not know the bits of SslFlags from 4 up: they do "
        "nothing.",
        "Set SslFlags to a value from 0 to 3, or EmulatedVersion to 10.",
        {8: "The bits are not known.", 10: "4 came with IIS 10, the others with 1809."},
    ),
    Rule(
        "BND313",
        "server_name_unknown",
        WARNING,
        "The emulated version knows neither SNI nor the central store: it looks "
        "neither at SslFlags nor at records by server name.",
        "Use one wildcard certificate, or one with several names, for an IP:port; or "
        "set EmulatedVersion to 8 or later.",
        {
            6: "There is no SslFlags, and one certificate for each IP:port.",
            8: "SNI and the central store came with IIS 8.",
        },
    ),
    Rule(
        "BND314",
        "central_store_unreadable",
        ERROR,
        "SslFlags or a record *:port asks for the central certificate store, but "
        "CentralCertStorePath is empty, or names no folder that can be read.",
        "Set CentralCertStorePath of /w3svc to the folder of the .pfx files.",
        {8: "The handshake falls back to the record of the port, or fails."},
    ),
    Rule(
        "BND315",
        "central_file_missing",
        ERROR,
        "The central store has no file for the host. A warning where another record "
        "has a certificate for it.",
        "Put a .pfx file of that name into the folder.",
        {8: "The handshake falls back to the record of the port, or fails."},
    ),
    Rule(
        "BND316",
        "central_file_not_covering",
        ERROR,
        "The file of the central store is chosen by its name, and its certificate has "
        "no name that covers the host.",
        "Put a certificate for the host into the file.",
        {8: "The file is chosen by name alone, so the wrong certificate is shown."},
    ),
    Rule(
        "BND317",
        "unknown_emulated_version",
        ERROR,
        "bindctl does not know this version of IIS; it uses 10.",
        "Set it to 6, 7, 8 or 10.",
    ),
)

BINDINGS_FINDINGS: Final[tuple[Rule, ...]] = (
    *_TEXT_FINDINGS,
    *_REGISTRATION_FINDINGS,
    *_RECORD_FINDINGS,
)
