"""Findings about certificates: present, valid, covering, trusted."""

from __future__ import annotations

from typing import Final

from bindctl.findings.finding import ERROR, WARNING, Rule

# Windows checks a certificate when it makes a record of it; later it shows it
# unchecked.
_SHOWN_AS_IT_IS: Final = (
    "The certificate is shown as it is: nothing tells the administrator."
)
_NO_KEY: Final = {
    6: "Handshakes fail; HTTP goes on.",
    7: "Making the record fails: A specified logon session does not exist. It may "
    "already have been terminated. (0x80070520). If the record exists, handshakes "
    "fail and Schannel logs event 36870.",
}

_STORE_FINDINGS: Final[tuple[Rule, ...]] = (
    Rule(
        "CRT101",
        "no_certificate",
        ERROR,
        "An HTTPS binding has no certificate: every handshake fails.",
        "Run bindctl cert assign.",
        {
            6: "The site starts, and HTTP goes on; handshakes fail.",
            7: "The site starts. No record decides for the connection, and the "
            "handshake fails.",
        },
    ),
    Rule(
        "CRT102",
        "certificate_not_in_store",
        ERROR,
        "The certificate that is named is not in its store: every handshake fails.",
        "Put it into the store, or assign one that is there: bindctl cert list.",
        "The site starts; every handshake fails.",
    ),
    Rule(
        "CRT103",
        "unreadable_certificate",
        ERROR,
        "The file in the store is not a certificate, cannot be read, or holds keys or "
        "signatures with which the TLS library makes no handshake.",
        "Mend what is named, or replace the file.",
    ),
    Rule(
        "CRT104",
        "unreadable_store",
        ERROR,
        "The folder of a certificate store cannot be read: its certificates are "
        "unknown, and the server cannot use them. A warning if no site and no record "
        "names one of them.",
        "Make it a folder that this user may read: correct its owner or mode.",
    ),
)

_NAME_FINDINGS: Final[tuple[Rule, ...]] = (
    Rule(
        "CRT201",
        "host_not_covered",
        ERROR,
        "The certificate shown for the host has no name that covers it, by RFC 9525: "
        "browsers refuse the connection.",
        "Assign a certificate that names the host.",
        {
            6: "One certificate for all hosts of an IP:port is shown as it is: only a "
            "wildcard certificate, or one with several names, covers them.",
            7: "The console offers a host for a wildcard certificate only; set by "
            "other means, the certificate is shown as it is.",
            8: "The console asks whether to use it; set by other means, the "
            "certificate is shown as it is.",
        },
    ),
    Rule(
        "CRT202",
        "covered_by_common_name",
        ERROR,
        "Only the certificate's common name covers the host. Browsers have not read "
        "it since 2017; RFC 9525 leaves it out for good.",
        "Assign a certificate that has the host in subjectAltName.",
        {
            6: _SHOWN_AS_IT_IS,
            8: "The console is content, for it compares with the common name: SNI mode "
            "requires host name matches common name of the certificate.",
        },
    ),
    Rule(
        "CRT204",
        "wildcard_below_top_level",
        ERROR,
        "Only a wildcard right below a top-level domain (*.com, *.localhost) covers "
        "the host: browsers and OpenSSL refuse such a name.",
        "Assign a certificate that names the host, or use hosts one label deeper: "
        "*.test.localhost.",
        _SHOWN_AS_IT_IS,
    ),
)

_DEPTH_FINDINGS: Final[tuple[Rule, ...]] = (
    Rule(
        "CRT205",
        "deeper_hosts_not_covered",
        WARNING,
        "The binding's wildcard stands for several labels (WildcardHostDepth), the "
        "certificate's for one: the site answers hosts for which browsers refuse the "
        "certificate.",
        "Set WildcardHostDepth of /w3svc to 1, or bind the deeper hosts by a wildcard "
        "and a certificate of their own.",
        {
            10: "Sources disagree whether *.example.com takes a.b.example.com; the "
            "certificate is shown as it is.",
        },
    ),
)

_DATE_FINDINGS: Final[tuple[Rule, ...]] = (
    Rule(
        "CRT301",
        "expired_certificate",
        ERROR,
        "The certificate is past its last day.",
        "Create or request a new one and assign it.",
        _SHOWN_AS_IT_IS,
    ),
    Rule(
        "CRT302",
        "certificate_not_yet_valid",
        ERROR,
        "The certificate's first day is in the future.",
        "Wait, or correct the clock of the machine.",
        _SHOWN_AS_IT_IS,
    ),
    Rule(
        "CRT303",
        "expiring_certificate",
        WARNING,
        "The certificate ends soon, or an intermediate of its file does before it: "
        "within 30 days, or the time that --expiring or [check] says.",
        "Create or request a new one and assign it.",
    ),
    Rule(
        "CRT304",
        "lifetime_too_long",
        WARNING,
        "The certificate lives longer than clients accept. Publicly trusted, it may "
        "live 398 days if it was issued before 2026-03-15, then 200, from 2027-03-15 "
        "100 and from 2029-03-15 47 days. For your own authority it is a note: only "
        "Apple's clients set a limit, 825 days.",
        "Request one with a shorter life, and renew it by a script.",
    ),
)

_STRENGTH_FINDINGS: Final[tuple[Rule, ...]] = (
    Rule(
        "CRT401",
        "missing_private_key",
        ERROR,
        "The store holds the certificate without its private key: every handshake "
        "fails.",
        "Put the key beside it, or create the certificate again.",
        _NO_KEY,
    ),
    Rule(
        "CRT402",
        "mismatched_private_key",
        ERROR,
        "The private key beside the certificate belongs to another one, is encrypted "
        "or damaged: every handshake fails.",
        "Put the right key beside it.",
        _NO_KEY,
    ),
    Rule(
        "CRT403",
        "weak_key",
        ERROR,
        "Browsers refuse the key: they take RSA of 2048 bits at least, or ECDSA on "
        "P-256, P-384 or P-521. A warning for RSA of an odd size.",
        "Create or request one with a key of today.",
        {
            6: _SHOWN_AS_IT_IS,
            7: "The certificate is shown as it is. Windows clients refuse RSA below "
            "1024 bits.",
        },
    ),
    Rule(
        "CRT404",
        "weak_signature",
        ERROR,
        "The certificate is signed over a hash that can be forged, SHA-1 or older: "
        "browsers refuse it.",
        "Have it issued again, with SHA-256.",
        _SHOWN_AS_IT_IS,
    ),
    Rule(
        "CRT405",
        "no_server_usage",
        ERROR,
        "The certificate says what it is for, and servers are not among it: browsers "
        "refuse it.",
        "Request one with the extended key usage serverAuth.",
        {
            6: _SHOWN_AS_IT_IS,
            7: "The console does not offer it; named by other means, it is shown as it "
            "is.",
        },
    ),
    Rule(
        "CRT406",
        "authority_as_server",
        WARNING,
        "The certificate is an authority's own, as openssl req -x509 makes them: "
        "Firefox refuses it as a server's.",
        "Issue one for the server, with basicConstraints CA:FALSE.",
        _SHOWN_AS_IT_IS,
    ),
)

_CHAIN_FINDINGS: Final[tuple[Rule, ...]] = (
    Rule(
        "CRT501",
        "incomplete_chain",
        ERROR,
        "No certificate in the file issued this one, and its issuer is not trusted "
        "here. Clients that do not fetch what is missing, such as curl and phones, "
        "refuse it. A warning where the file has intermediates and only their issuer "
        "is not known here.",
        "Append the intermediates to its file, leaf first; the root of your own "
        "authority goes into certificates/root.",
        "The chain is sent that the machine's stores can build: an intermediate "
        "missing in Intermediate Certification Authorities is not sent.",
    ),
    Rule(
        "CRT502",
        "misordered_chain",
        WARNING,
        "One of the certificates in the file is not issued by the next. Most clients "
        "sort them; old ones give up.",
        "Put the leaf first, then each one's issuer, and leave out all others.",
        "There is no order to get wrong: the chain is built from the machine's stores.",
    ),
    Rule(
        "CRT503",
        "untrusted_root",
        WARNING,
        "The certificate is signed by itself, or its chain ends at a root that this "
        "machine does not trust: only clients that were told to trust it accept it.",
        "Have the clients trust it and put it into certificates/root, or assign one "
        "that they trust already.",
        _SHOWN_AS_IT_IS,
    ),
    Rule(
        "CRT504",
        "unusable_intermediate",
        ERROR,
        "The chain leads through a certificate of the file that clients refuse: it "
        "has ended or not begun, may not issue certificates, or is signed "
        "over a hash that can be forged. Clients refuse the connection.",
        "Put the issuer's present intermediate into the file instead.",
        "The chain is built from the machine's stores, which prefer one that is valid; "
        "where there is none, clients refuse what is sent.",
    ),
)

CERTIFICATES_FINDINGS: Final[tuple[Rule, ...]] = (
    *_STORE_FINDINGS,
    *_NAME_FINDINGS,
    *_DEPTH_FINDINGS,
    *_DATE_FINDINGS,
    *_STRENGTH_FINDINGS,
    *_CHAIN_FINDINGS,
)
