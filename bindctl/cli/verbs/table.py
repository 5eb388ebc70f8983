"""Every command of bindctl in one table: its words, its options, its help, its handler.

The quick parser (`quick`) reads command lines by this table, Typer's commands and the
help page are made from it, and so is docs/reference/cli.md. On the quickest path:
plain data, and no imports.

A handler is ``module:function`` below `bindctl.cli`. It is called with the
terminal, with the `Workspace` of the metabase unless `Verb.needs` is `NOTHING`, and by
name with the value of every parameter; it returns the exit status.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PROGRAM = "bindctl"
HELP = (
    "Binds web sites to addresses, ports, host names and certificates, as IIS does: "
    "edits the metabase, judges it, explains it, serves it."
)
NOTHING, METABASE, LOST_METABASE = "nothing", "metabase", "lost metabase"
_MAX_PORT = 65535  # as `bindctl.model.endpoint` has them, which imports too much
_MAX_IDENTIFIER = 0xFFFFFFFF
_MAX_PORT_OFFSET = 65534
_MAX_BACKUP = 9999
_REPLACED = 2  # values of --replace: old and new


class Parameter:
    """A word or an option of a command.

    Attributes:
        names: As it is typed: ``("--metabase", "-m")``; of a word its bare name.
        help: What it means, in a sentence.
        kind: `bool` for an option without value, `str` or `int`.
        metavar: The name of the value in a usage line; empty for the usual one.
        default: The value without it; an empty tuple if it may be repeated.
        is_required: Whether a line without it is refused.
        is_many: Whether it may be repeated.
        is_hidden: Whether help leaves it out.
        least: The least number it takes.
        most: The largest one.
        choices: The texts it takes; empty for any.
        parser: ``module:function`` below `bindctl.cli` that reads the text, and raises
            `ValueError` for an invalid value.
        asks_json: Whether the value ``json`` means the same as ``--json``.
    """

    __slots__ = (
        "asks_json",
        "choices",
        "default",
        "help",
        "is_hidden",
        "is_many",
        "is_required",
        "kind",
        "least",
        "metavar",
        "most",
        "names",
        "parser",
    )

    def __init__(
        self,
        names: str,
        about: str,
        kind: type = str,
        *,
        metavar: str = "",
        default: object = None,
        is_required: bool = False,
        is_many: bool = False,
        is_hidden: bool = False,
        least: int | None = None,
        most: int | None = None,
        choices: "Sequence[str]" = (),
        parser: str = "",
        asks_json: bool = False,
    ) -> None:
        """Keep the parts; `names` are apart by spaces."""
        self.names = names.split()
        self.help = about
        self.kind = kind
        self.metavar = metavar
        self.default = () if is_many else default
        self.is_required = is_required
        self.is_many = is_many
        self.is_hidden = is_hidden
        self.least = least
        self.most = most
        self.choices = choices
        self.parser = parser
        self.asks_json = asks_json

    @property
    def is_option(self) -> bool:
        """Whether it begins with a dash."""
        return self.names[0].startswith("-")

    @property
    def name(self) -> str:
        """Its name as a handler has it: ``--allow-impact`` is ``allow_impact``."""
        return self.names[0].lstrip("-").replace("-", "_")


class Verb:
    """A command.

    Attributes:
        name: One word or two: ``history list``.
        help: A sentence; paragraphs may follow it.
        handler: ``module:function``; empty for a face of its own, which `__main__`
            runs.
        parameters: Words and options, in the order in which help shows them.
        needs: `METABASE`; `LOST_METABASE` where history or backups are enough; or
            `NOTHING`.
        is_gated: Whether its writes of the metabase are judged and their impact told.
        is_raw: Whether everything after the first word is a word, also with dashes.
        answers_as: The command that JSON names.
        complain: Says what is wrong with the values together; empty when nothing is.
    """

    __slots__ = (
        "answers_as",
        "complain",
        "handler",
        "help",
        "is_gated",
        "is_raw",
        "name",
        "needs",
        "parameters",
    )

    def __init__(
        self,
        name: str,
        about: str,
        handler: str,
        *parameters: Parameter,
        needs: str = METABASE,
        is_gated: bool = False,
        is_raw: bool = False,
        answers_as: str = "",
        complain: "Callable[[Mapping[str, object]], str] | None" = None,
    ) -> None:
        """Keep the parts."""
        self.name = name
        self.help = about
        self.handler = handler
        self.parameters = parameters
        self.needs = needs
        self.is_gated = is_gated
        self.is_raw = is_raw
        self.answers_as = answers_as or name
        self.complain = complain


def _flag(names: str, about: str) -> Parameter:
    return Parameter(names, about, bool, default=False)


def _number(
    names: str,
    about: str,
    metavar: str = "",
    least: int = 0,
    most: int | None = None,
    default: int | None = None,
) -> Parameter:
    return Parameter(
        names, about, int, metavar=metavar, least=least, most=most, default=default
    )


def _one_list_edit(values: "Mapping[str, object]") -> str:
    """The fault of the list edits of `set`."""
    named = [name for name in ("append", "remove", "replace") if values[name]]
    named += ["at"] if values["at"] is not None else []
    if len(named) > 1:
        return f"--{named[0]} and --{named[1]} exclude each other."
    given = values["values"]
    if named == ["replace"] and isinstance(given, list) and len(given) != _REPLACED:
        return "--replace takes two values: OLD NEW."
    return ""


def _command_or_date(values: "Mapping[str, object]") -> str:
    """The fault of the question to `what-if`."""
    if values["command"] or values["at"] is not None:
        return ""
    return "what-if takes a command, or --at DATE."


_FILE = Parameter(
    "--metabase -m",
    "The metabase. Default: BINDCTL_METABASE, ./metabase.toml, then the per-user "
    "configuration directory.",
    metavar="FILE",
)
_JSON = _flag("--json", "Print the answer as JSON.")
_STRICT = _flag(
    "--strict",
    "Refuse a change that breaks something or affects sites that are not edited.",
)
_ALLOW_IMPACT = _flag(
    "--allow-impact",
    "Where writes are gated, allow changes that affect sites that are not edited.",
)
_READS = (_FILE, _JSON)
_WRITES = (_STRICT, _ALLOW_IMPACT, _FILE, _JSON)
_AS_OF = Parameter(
    "--as-of",
    "Judge certificates as on that day, 2027-03-15, or at that ISO time, in UTC. "
    "Default: now.",
    metavar="DATE",
    parser="run.option_values:parse_instant",
)
_PROPERTY = Parameter(
    "path", "PATH/PROPERTY, as /w3svc/1/ServerBindings.", is_required=True
)
_KEY_OR_ROOT = Parameter("path", "A key. Default: the root, /LM.", default="")
_SOURCE = Parameter("source", "A key.", is_required=True)
_LISTEN = Parameter(
    "--listen",
    "Address for bindings to any address; may be repeated.",
    metavar="ADDRESS",
    is_many=True,
    parser="run.option_values:ip_address",
)
_WORKERS = _number(
    "--workers", "Worker processes. Default: one a processor.", default=0
)
_DRY_RUN = _flag("--dry-run", "Say what would change; write nothing.")
_QUIET = _flag("--quiet -q", "Print only the number of changes.")
_VERSION = Parameter(
    "number", "A version of the list.", int, metavar="N", least=1, is_required=True
)
_BACKUP = Parameter("name", "The backup's name.", is_required=True)
_BACKUP_VERSION = _number("--version", "Default: the highest.", most=_MAX_BACKUP)
_PASSWORD = (
    _flag("--password", "Ask for a password; from a script, read a line."),
    Parameter(
        "--password-file",
        "The first line of this file is the password.",
        metavar="FILE",
    ),
)
_COMPARED = "A file, a version of history, running, or - for the standard input"

# In the order in which help shows them, under its headings.
SECTIONS = {
    "Sites and certificates": (
        Verb(
            "init",
            "Write a commented starter metabase.",
            "commands.documents:init",
            Parameter(
                "file", "The file to write.", metavar="[FILE]", default="metabase.toml"
            ),
            needs=NOTHING,
        ),
        Verb(
            "site add",
            "Add a web site with its HTTP bindings and its root folder.",
            "commands.sites:add",
            Parameter("description", "ServerComment of the site.", is_required=True),
            Parameter(
                "--path",
                "Root folder, relative to the metabase. Made, with a first page, when "
                "it is missing.",
                metavar="FOLDER",
                is_required=True,
                parser="run.option_values:folder",
            ),
            Parameter(
                "--host",
                "Host header; may be repeated. Without one: any host.",
                metavar="HOST",
                is_many=True,
                parser="run.option_values:binding_host",
            ),
            _number("--port", "HTTP port.", least=1, most=_MAX_PORT, default=80),
            Parameter(
                "--ip",
                "Local address. Default: any.",
                metavar="ADDRESS",
                default="",
                parser="run.option_values:local_address",
            ),
            _number(
                "--identifier",
                "The site's number. Default: lowest free one.",
                "N",
                least=1,
                most=_MAX_IDENTIFIER,
            ),
            *_WRITES,
            is_gated=True,
        ),
        Verb(
            "sites",
            "List the web sites: identifier, description, state and bindings.",
            "commands.sites:list_all",
            *_READS,
        ),
        Verb(
            "cert create",
            "Create a certificate, signed by the development authority, in the store "
            "MY.",
            "commands.certificates:create",
            Parameter(
                "names",
                "DNS names, *.example.com, or IP addresses to cover.",
                metavar="NAMES...",
                is_required=True,
                is_many=True,
                parser="run.option_values:certificate_name",
            ),
            _number(
                "--days", "Days of validity. Default: as long as allowed.", least=1
            ),
            *_READS,
            is_gated=True,
        ),
        Verb(
            "cert assign",
            "Assign an existing certificate to each site.",
            "commands.certificates:assign",
            Parameter(
                "name",
                "A name it presents, or the start of its thumbprint.",
                is_required=True,
            ),
            Parameter(
                "sites",
                "Identifiers of the sites.",
                int,
                is_required=True,
                is_many=True,
            ),
            *_WRITES,
            is_gated=True,
        ),
        Verb(
            "cert list",
            "List the certificates of the store MY, and whose visitors get them.",
            "commands.certificates:list_all",
            _flag("--unused", "Only those that no site or record depends on."),
            *_READS,
        ),
        Verb(
            "cert remove",
            "Remove a certificate and its private key for good; refused while it is in "
            "use.",
            "commands.certificates:remove",
            Parameter(
                "name",
                "A name that only it presents, or the start of its thumbprint.",
                is_required=True,
            ),
            _flag("--force", "Remove it although sites or records need it."),
            *_READS,
            is_gated=True,
        ),
    ),
    "The metabase": (
        Verb(
            "get",
            "Print a property stored at a key.",
            "commands.properties:get",
            _PROPERTY,
            _flag(
                "--inherited",
                "The value in force: stored, inherited, or the schema's default.",
            ),
            *_READS,
        ),
        Verb(
            "set",
            "Store a property; its type is the one the schema gives it.",
            "commands.properties:set_",
            _PROPERTY,
            Parameter(
                "values",
                "The value; a list takes all that follow and is replaced.",
                is_required=True,
                is_many=True,
            ),
            _flag("--append", "Put values at a list's end, if they are not in it."),
            _flag("--remove", "Take values out of a list."),
            _flag("--replace", "Put the second value in the first one's place."),
            _number("--at", "Insert values before item N, from 0.", "N"),
            *_WRITES,
            is_gated=True,
            complain=_one_list_edit,
        ),
        Verb(
            "enum",
            "Print the properties stored at a key and the keys below it.",
            "commands.keys:enum",
            _KEY_OR_ROOT,
            _flag("--inherited", "Also show what the key inherits."),
            _flag("--recursive", "Also show every key below."),
            *_READS,
        ),
        Verb(
            "create",
            "Make an empty key.",
            "commands.keys:create",
            Parameter("path", "The new key.", is_required=True),
            Parameter(
                "key_type", "Its KeyType, where path and schema do not decide it."
            ),
            *_WRITES,
            is_gated=True,
        ),
        Verb(
            "delete",
            "Remove a property, or a key with all below it.",
            "commands.keys:delete",
            Parameter(
                "path",
                "A property or a key; a trailing slash means the key.",
                is_required=True,
            ),
            *_WRITES,
            is_gated=True,
        ),
        Verb(
            "copy",
            "Copy a key with its properties, its comments and all below it.",
            "commands.keys:copy",
            _SOURCE,
            Parameter(
                "destination",
                "Where the copy is to be; nothing may be there yet.",
                is_required=True,
            ),
            *_WRITES,
            is_gated=True,
        ),
        Verb(
            "move",
            "Give a key another place or name, with all below it.",
            "commands.keys:move",
            _SOURCE,
            Parameter(
                "destination",
                "Its new place or name; nothing may be there yet.",
                is_required=True,
            ),
            *_WRITES,
            is_gated=True,
        ),
        Verb(
            "find",
            "List the keys that hold a property themselves, not those that inherit it.",
            "commands.properties:find",
            Parameter(
                "path",
                "A property, after the key to search from. Default: the root, /LM.",
                metavar="[PATH/]PROPERTY",
                is_required=True,
            ),
            *_READS,
        ),
        Verb(
            "edit",
            "Edit a copy by hand; it is checked, and replaces the metabase if all is "
            "well.",
            "commands.edit:edit",
            _flag("--yes -y", "Replace without asking."),
            Parameter(
                "--editor", "Default: VISUAL, EDITOR, then vi.", metavar="COMMAND"
            ),
            _STRICT,
            _ALLOW_IMPACT,
            _FILE,
            is_gated=True,
        ),
        Verb(
            "fmt",
            "Put the metabase into canonical order; comments and data stay.",
            "commands.documents:fmt",
            _flag("--check", "Write nothing; exit 1 if it would."),
            _flag("--diff", "Write nothing; show what would change."),
            *_READS,
            is_gated=True,
        ),
        Verb(
            "history list",
            "List the versions that are kept, oldest first.",
            "commands.versions:list_history",
            *_READS,
            needs=LOST_METABASE,
        ),
        Verb(
            "history show",
            "Print the metabase as it was in a version.",
            "commands.versions:show",
            _VERSION,
            *_READS,
            needs=LOST_METABASE,
        ),
        Verb(
            "history diff",
            "Show what changed from version N to version M, as a unified diff.",
            "commands.versions:diff",
            _VERSION,
            _number("other", "Default: the metabase as it is.", metavar="[M]", least=1),
            *_READS,
            needs=LOST_METABASE,
        ),
        Verb(
            "history restore",
            "Give the metabase the content of a version; a write like any other.",
            "commands.versions:restore",
            _VERSION,
            *_WRITES,
            needs=LOST_METABASE,
            is_gated=True,
        ),
        Verb(
            "undo",
            "Take back the last write; again, the one before it.",
            "commands.versions:undo",
            *_WRITES,
            is_gated=True,
        ),
        Verb(
            "backup create",
            "Keep the metabase as it is now; with a password, encrypted.",
            "commands.versions:create",
            _BACKUP,
            *_PASSWORD,
            _flag("--certificates", "Include certificates and private keys."),
            _number(
                "--version", "Default: the one after the highest.", most=_MAX_BACKUP
            ),
            _flag("--overwrite", "Replace a backup of that version."),
            *_READS,
        ),
        Verb(
            "backup list",
            "List the backups by name and version.",
            "commands.versions:list_all",
            *_READS,
            needs=LOST_METABASE,
        ),
        Verb(
            "backup restore",
            "Give the metabase the content of a backup; a write like any other.",
            "commands.versions:restore_named",
            _BACKUP,
            _BACKUP_VERSION,
            *_PASSWORD,
            *_WRITES,
            needs=LOST_METABASE,
            is_gated=True,
        ),
        Verb(
            "backup delete",
            "Remove a backup.",
            "commands.versions:delete",
            _BACKUP,
            _BACKUP_VERSION,
            _flag("--all", "Every version of it."),
            *_READS,
            needs=LOST_METABASE,
        ),
        Verb(
            "restore",
            "The same as `bindctl backup restore`.",
            "commands.versions:restore_named",
            _BACKUP,
            _BACKUP_VERSION,
            *_PASSWORD,
            *_WRITES,
            needs=LOST_METABASE,
            is_gated=True,
            answers_as="backup restore",
        ),
        Verb(
            "batch",
            "Make many changes as one: all of them are written, or none.",
            "commands.apply:batch",
            Parameter(
                "file",
                "Lines of SET, CREATE, DELETE, COPY and MOVE as adsutil takes them; - "
                "is the standard input.",
                default="-",
            ),
            _DRY_RUN,
            _STRICT,
            _ALLOW_IMPACT,
            _QUIET,
            *_READS,
            is_gated=True,
        ),
        Verb(
            "apply",
            "Make the metabase as a file states it; what it does not state stays.",
            "commands.apply:apply_",
            Parameter(
                "desired",
                "The state to bring about, TOML or JSON as export writes it; - is the "
                "standard input.",
                is_required=True,
            ),
            _DRY_RUN,
            _flag(
                "--diff",
                "Also print the file's diff and the requests that get a different answer.",
            ),
            _flag("--prune", "Delete sites that are not stated."),
            _STRICT,
            _ALLOW_IMPACT,
            _flag("--changed-status", "Exit 1 when anything changed, or would."),
            _QUIET,
            *_READS,
            is_gated=True,
        ),
        Verb(
            "export",
            "Print the metabase, or a part of it, as the state that apply takes.",
            "commands.documents:export_",
            Parameter(
                "path", "A key, with all below it. Default: everything.", default=""
            ),
            Parameter(
                "--format",
                "How to write the state.",
                default="toml",
                choices=("toml", "json"),
            ),
            *_READS,
        ),
        Verb(
            "tree",
            "Show a key and all keys below it, and what each is.",
            "commands.documents:tree",
            _KEY_OR_ROOT,
            *_READS,
        ),
        Verb(
            "map",
            "Draw which endpoints lead to which hosts, sites and certificates.",
            "commands.map:map_",
            Parameter(
                "--format",
                "tree, mermaid (for Markdown), dot (Graphviz), html (one page that "
                "needs nothing else) or json. Default: what FILE's name says, else "
                "tree.",
                choices=("tree", "mermaid", "dot", "html", "json"),
                asks_json=True,
            ),
            Parameter(
                "--output -o", "Write it there instead of printing it.", metavar="FILE"
            ),
            Parameter(
                "--host",
                "Only hosts that match: shop.example.com, '*.example.com'. May be "
                "repeated.",
                metavar="PATTERN",
                is_many=True,
                parser="run.option_values:host_pattern",
            ),
            Parameter(
                "--site",
                "Only the site of that identifier. May be repeated.",
                int,
                metavar="N",
                least=1,
                is_many=True,
            ),
            _AS_OF,
            *_READS,
        ),
        Verb(
            "schema",
            "Say what a property is, and what the built-in server does with it.",
            "commands.reference:schema",
            Parameter(
                "name", "Default: list all of them.", metavar="[PROPERTY]", default=""
            ),
            _JSON,
            needs=NOTHING,
        ),
    ),
    "Checks and explanations": (
        Verb(
            "check",
            "Report what is wrong with the metabase; exit 1 when anything is an error.",
            "commands.check:check",
            Parameter(
                "file",
                "The metabase to judge; - is the standard input. Default: the one of "
                "--metabase.",
                metavar="FILE",
            ),
            _FILE,
            _AS_OF,
            Parameter(
                "--expiring",
                "Report certificates that end within that time: 30d, 6w. Default: 30d.",
                metavar="TIME",
                parser="commands.check:expiring",
            ),
            Parameter(
                "--select",
                "Report these codes only: BND201,CRT3. CRT3 stands for all codes that "
                "begin so, ALL for every code.",
                metavar="CODES",
                parser="commands.check:select",
            ),
            Parameter(
                "--ignore",
                "Do not report these codes. Where --select fits too, the longer one "
                "wins.",
                metavar="CODES",
                parser="commands.check:ignore",
            ),
            Parameter(
                "--severity",
                "The least severity to report: error, warning or info; or another "
                "severity for some codes: BND305=error. May be repeated.",
                metavar="LEVEL|CODES=LEVEL",
                is_many=True,
                parser="commands.check:severity",
            ),
            _flag(
                "--live",
                "Also ask this machine: whether it has the addresses, whether this "
                "user may open the ports, and who else has them.",
            ),
            Parameter(
                "--against",
                "Also report requests that get a different answer than from OLD "
                "(RTE103): a file, a version of history, or running.",
                metavar="OLD",
            ),
            _flag(
                "--timeline",
                "List, in place of findings, when certificates run out and whose "
                "visitors fail then.",
            ),
            _flag(
                "--verbose -v",
                "Also say what IIS does, and what command shows the defect.",
            ),
            Parameter(
                "--output-format",
                "text, json, sarif (2.1.0) or github (annotations of a workflow).",
                default="text",
                choices=("text", "json", "sarif", "github"),
                asks_json=True,
            ),
            _flag(
                "--fix",
                "Offer the smallest change for each finding that has one, and make "
                "those that you agree to. Without a terminal: only say what would be "
                "done.",
            ),
            _flag("--yes -y", "With --fix: take the first fix for each finding."),
            _flag("--dry-run", "With --fix: write nothing, ask nothing."),
            _ALLOW_IMPACT,
            _JSON,
            needs=NOTHING,
        ),
        Verb(
            "rule",
            "Say what a code means, what IIS does then, and what mends it.",
            "commands.reference:rule",
            Parameter(
                "code",
                "A code, such as BND201, the beginning of codes, or the name of a "
                "defect. Default: list all of them.",
                metavar="[CODE]",
                default="",
            ),
            _JSON,
            needs=NOTHING,
        ),
        Verb(
            "diff",
            "Show the requests that get a different answer from NEW than from OLD; "
            "exit 1 for any.\n\nWhat every request reaches is compared (site, "
            "certificate or refusal), not the text. When none is shown, no request "
            "gets a different answer: that is proven.",
            "commands.what_if:diff",
            Parameter("old", f"{_COMPARED}.", metavar="OLD", is_required=True),
            Parameter("new", f"{_COMPARED}. Default: the metabase.", metavar="[NEW]"),
            _number(
                "--port-offset",
                "What the server that you ask with the shown commands adds to every "
                "port. Default: what the running service adds, if it is compared.",
                "N",
                most=_MAX_PORT_OFFSET,
            ),
            *_READS,
            needs=LOST_METABASE,
        ),
        Verb(
            "what-if",
            "Say what requests a command would change, without running it; exit 1 for "
            "any.\n\nOptions of what-if stand before the command.",
            "commands.what_if:what_if",
            Parameter(
                "command",
                "A command that writes the metabase; cert remove NAME; or stop-site N.",
                metavar="[COMMAND]...",
                is_many=True,
            ),
            Parameter(
                "--at",
                "Also say whose certificates browsers refuse then: 2027-03-15, or an "
                "ISO time, in UTC.",
                metavar="DATE",
                parser="run.option_values:parse_instant",
            ),
            *_READS,
            is_raw=True,
            complain=_command_or_date,
        ),
        Verb(
            "explain",
            "Say what a request reaches and why; exit 1 when no site answers it.\n\n"
            "Two phases, one after the other: TLS chooses a certificate by address and "
            "server name, HTTP a site by host and address. It also says what would "
            "answer if that site stopped, what was not chosen and by which rule, and "
            "which other hosts a browser may ask for on the same connection.",
            "commands.explain:explain",
            Parameter(
                "url",
                "http://host[:port]/path, or https://…",
                metavar="[URL]",
                parser="run.option_values:request_url",
            ),
            Parameter(
                "--host",
                'In place of a URL: the host asked for; "" for none.',
                metavar="HOST",
                parser="run.option_values:request_host",
            ),
            Parameter(
                "--ip",
                "Local address it arrives at. Default: all that differ.",
                metavar="ADDRESS",
                parser="run.option_values:ip_address",
            ),
            Parameter(
                "--address", "", is_hidden=True, parser="run.option_values:ip_address"
            ),
            _number(
                "--port",
                "Port it arrives at. Default: the URL's; with --host 443 where it is "
                "bound, else 80.",
                least=1,
                most=_MAX_PORT,
            ),
            Parameter(
                "--scheme",
                "http or https. Default: what the port speaks.",
                metavar="SCHEME",
                parser="run.option_values:scheme_name",
            ),
            Parameter(
                "--sni",
                "Server name sent. Default: the host.",
                metavar="HOST",
                parser="run.option_values:server_name",
            ),
            _flag("--no-sni", "A client that sends no server name."),
            _number(
                "--port-offset",
                "What the service adds to every port.",
                most=_MAX_PORT_OFFSET,
                default=0,
            ),
            *_READS,
        ),
        Verb(
            "test",
            "Try the metabase's tests: its tables named test.\n\n"
            "Exits with 1 when a test fails, and with 2 when a table is not a test.",
            "commands.test:try_tests",
            _flag(
                "--live", "Ask the running service, in place of the metabase's plan."
            ),
            *_READS,
        ),
    ),
    "The service": (
        Verb(
            "reset",
            "Start the service, or give the running one the metabase as it is now.",
            "commands.service:reset",
            _flag("--stop", "Stop the service."),
            _flag("--status", "Say whether the service runs."),
            _flag("--hard", "Really stop and start, closing connections."),
            _number(
                "--port-offset",
                "Added to every port, so that 80 and 443 need no privilege. A running "
                "service keeps its own.",
                most=_MAX_PORT_OFFSET,
            ),
            _LISTEN,
            _WORKERS,
            _flag("--probe", "Then send one request of every kind: bindctl probe."),
            _flag(
                "--revert",
                "With --probe: bring back what was served before when anything "
                "differs, and exit with 5.",
            ),
            _flag(
                "--best-effort",
                "Exit with 0 although a site, a host or an address cannot be served.",
            ),
            *_READS,
        ),
        Verb(
            "status",
            "Say what the service does, and whether it serves what is configured.\n\n"
            "Exits with 1 when none runs.",
            "commands.service:status",
            *_READS,
        ),
        Verb(
            "probe",
            "Send one request of every kind, and compare the answers with the plan.\n\n"
            "Certificate and site of each answer are compared with what the metabase "
            "says. Exits with 1 when anything differs, and with 5 when the plan before "
            "the last reset was brought back.",
            "commands.probe:probe",
            Parameter(
                "--connect",
                "Another server, such as an IIS or an nginx. HOST: all ports of the "
                "bindings; HOST:PORT: one of them; HOST:PORT=BOUND: one that stands "
                "for port BOUND. Default: the running service.",
                metavar="HOST[:PORT[=BOUND]]",
                parser="commands.probe:server",
            ),
            _number(
                "--port-offset",
                "What that server adds to the ports of the bindings.",
                most=_MAX_PORT_OFFSET,
                default=0,
            ),
            _flag(
                "--revert",
                "Bring back the plan before the last reset when anything differs.",
            ),
            _flag("--all", "Show the requests that agree as well."),
            *_READS,
        ),
        Verb(
            "serve",
            "Serve the sites in the foreground; Ctrl-C and SIGTERM drain and stop.",
            "commands.service:serve_",
            _number(
                "--port-offset",
                "Added to every port: 8000 makes 80 port 8080.",
                most=_MAX_PORT_OFFSET,
                default=0,
            ),
            _LISTEN,
            _WORKERS,
            Parameter("--ready-fd", "", int, default=-1, is_hidden=True),
            _FILE,
        ),
    ),
    "As on Windows": (
        Verb(
            "adsutil",
            "Answer as the script adsutil.vbs of IIS 6 does, word for word.",
            "",
            Parameter(
                "words",
                "What adsutil.vbs takes; HELP lists the verbs.",
                metavar="[-s:SERVER] VERB [WORDS]...",
                is_many=True,
            ),
            is_raw=True,
        ),
        *(
            Verb(
                name,
                about,
                "",
                Parameter(
                    "words",
                    "Its switches and words; /? lists them.",
                    metavar="[WORDS]...",
                    is_many=True,
                ),
                is_raw=True,
            )
            for name, about in {
                "iisreset": "Stop and start the service in the words of iisreset.exe; "
                "/? shows them.",
                "iisweb": "Create, start, stop, pause, delete, query sites as "
                "iisweb.vbs does.",
                "iisvdir": "Create, delete, query virtual directories as iisvdir.vbs "
                "does.",
                "iisback": "Back up and restore the metabase as iisback.vbs does.",
                "iiscnfg": "Export and import the metabase as XML, as iiscnfg.vbs "
                "does.",
                "appcmd": "List, add, set, delete, start, stop sites as appcmd.exe "
                "does.",
            }.items()
        ),
    ),
}
# What the first words of commands of two words have in common.
GROUPS = {
    "site": "Web sites.",
    "cert": "Certificates of the store MY.",
    "history": "Versions of the metabase: every write makes one.",
    "backup": "Backups of the metabase by name.",
}
VERBS = {verb.name: verb for section in SECTIONS.values() for verb in section}
# First words, in the order of help.
COMMANDS = tuple(dict.fromkeys(name.partition(" ")[0] for name in VERBS))
