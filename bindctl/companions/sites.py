"""Sites as the scripts name them, ``W3SVC/1`` or a ServerComment, and their states."""

from bindctl.companions.errors import ScriptError
from bindctl.findings.errors import BindctlError
from bindctl.model.path import clean_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bindctl.metabase.values import Value
    from bindctl.operations.editing.sites import SiteSummary

# The properties that the scripts set on a new virtual directory.
NEW_DIRECTORY: "dict[str, Value]" = {
    "AuthFlags": 5,  # AuthAnonymous | AuthNTLM
    # EnableDefaultDoc, and how a listing would look: date, time, size, extension,
    # long date
    "DirBrowseFlags": 0x4000003E,
    "AccessFlags": 513,  # AccessRead | AccessScript
}
_SERVICE = "w3svc"
STARTED, STOPPED, PAUSED = 2, 4, 6
STATE_NAMES: "Mapping[int, str]" = {
    1: "starting",
    STARTED: "started",
    3: "stopping",
    STOPPED: "stopped",
    5: "pausing",
    PAUSED: "paused",
    7: "continuing",
}


def site_path(identifier: int) -> str:
    """``W3SVC/1``."""
    return f"W3SVC/{identifier}"


def find_sites(
    known: "Sequence[SiteSummary]", names: "Sequence[str]"
) -> "tuple[list[SiteSummary], list[str]]":
    """The sites of the names, in the order of the names, and names without a site.

    Raises:
        ScriptError: Several sites have a name, or no name has a site.
    """
    found: list[SiteSummary] = []
    missing: list[str] = []
    for name in names:
        site = find_site(known, name)
        if site is None:
            missing.append(name)
        elif site not in found:
            found.append(site)
    if not found:
        raise ScriptError("Site(s) not found.")
    return found, missing


def find_site(known: "Sequence[SiteSummary]", name: str) -> "SiteSummary | None":
    """The site of that metabase path or ServerComment, in any letter case.

    Raises:
        ScriptError: Several sites have the name.
    """
    identifier = parse_site_path(name)
    if identifier is not None:
        return next((site for site in known if site.identifier == identifier), None)
    folded = name.lower()
    found = [site for site in known if site.description.lower() == folded]
    if len(found) > 1:
        paths = " ".join(site_path(site.identifier) for site in found)
        raise ScriptError(f'Site name "{name}" is not unique: {paths}')
    return found[0] if found else None


def parse_site_path(text: str) -> int | None:
    """The number in ``W3SVC/1``, also below ``/LM``; ``None`` when it is not a path."""
    parts = clean_path(text).lower().split("/")
    if parts[0] == "lm":
        del parts[0]
    if len(parts) == len((_SERVICE, "1")) and parts[0] == _SERVICE:
        number = parts[1]
        return int(number) if number.isascii() and number.isdigit() else None
    return None


def control(metabase: str, identifier: int, action: str) -> None:
    """As that of `operations.service`, which is slow to import."""
    from bindctl.operations.service.service import control_site  # noqa: PLC0415 - slow

    control_site(metabase, identifier, action)


def stop_quietly(metabase: str, identifier: int) -> None:
    """Stop a site before it is deleted; without a service it is stopped already."""
    try:
        control(metabase, identifier, "stop")
    except BindctlError as error:
        if error.code not in ("SRV001", "MET101"):
            raise
