"""What the built-in server does with a property, in words.

`bindctl schema` and the page of properties show it; a test compares it with what the
code reads. Nothing but data lives here.
"""

from __future__ import annotations

from typing import Final

# What the built-in server does with a property. bindctl only stores, shows and copies a
# property that is not here.
SERVER_USE: Final[dict[str, str]] = {
    "AccessFlags": "AccessRead: without it, 403. The other flags are not read.",
    "AllowKeepAlive": "FALSE closes the connection after each answer.",
    "CentralCertStorePassword": "Opens the files of the central certificate store; "
    "empty: they have no password. Read at `/w3svc`.",
    "CentralCertStorePath": "The folder of the central certificate store: one PFX file a "
    "host. Read at `/w3svc`.",
    "CertHash": "The certificate of a record under `http/sslcert`.",
    "ConnectionTimeout": "Seconds after which a silent connection is closed.",
    "DefaultDoc": "Documents tried for a folder, in this order.",
    "DirBrowseFlags": "EnableDefaultDoc: without it, 403 for a folder. "
    "Folders are never listed.",
    "DontLog": "TRUE at the ROOT key: the site keeps no log.",
    "EmulatedVersion": "The IIS that is rehearsed: 6, 7, 8 or 10. What that IIS does "
    "not know is refused or ignored. Read at `/w3svc`.",
    "ListenAddresses": "Where listening is allowed; empty is everywhere.",
    "LogFileDirectory": "The folder in which the site's log folder lies. By default: "
    "`logs` beside the metabase.",
    "LogType": "1 keeps a log, anything else does not.",
    "MaxRequestEntityAllowed": "A larger request body is answered 413.",
    "MimeMap": "Media types by extension. Only the nearest list counts; after it "
    "comes the built-in one.",
    "MinFileBytesPerSec": "How many octets a second a client must send of a body or "
    "take of an answer, once ConnectionTimeout is over; 0 means no limit. Read at "
    "`/w3svc`.",
    "MisdirectedRequest": "TRUE: 421 when Host and SNI lead to different certificates.",
    "Path": "The folder of a virtual directory.",
    "SSLCertHash": "The certificate of the site, by thumbprint.",
    "SSLStoreName": "The store it lies in; MY when empty.",
    "SecureBindings": "HTTPS bindings.",
    "ServerAutoStart": "FALSE: the site is not started.",
    "ServerBindings": "HTTP bindings.",
    "ServerComment": "Shown in status and messages.",
    "ServerState": "Reported; set by the service alone.",
    "SslFlags": "0: certificate by IP:port. 1: by server name. 2 and 3: from the central "
    "certificate store. 32: no TLS 1.3. 4, 8, 16 and 64 have nothing to switch off.",
    "StoreName": "The store of a record's certificate.",
    "WildcardHostDepth": "Labels a `*.` host matches; 0 is any number. "
    "Read at `/w3svc`.",
    "Win32Error": "Reported; set by the service alone.",
}
