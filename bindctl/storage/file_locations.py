"""Where bindctl's files are: the metabase, and the files beside it.

On the quickest path: imports only `os`.
"""

import os

from bindctl.findings.errors import BindctlError

METABASE_NAME = "metabase.toml"
METABASE_VARIABLE = "BINDCTL_METABASE"
AUTHORITY_VARIABLE = "BINDCTL_AUTHORITY"
STATE_VARIABLE = "BINDCTL_STATE"
STATE_NAME = ".bindctl"
AUTHORITY_NAME = "authority.pem"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def find_metabase(
    named: str | None, environment: "Mapping[str, str]", directory: str
) -> str:
    """The absolute path of the metabase to use.

    Args:
        named: The value of ``--metabase``, if given.
        environment: The process's environment variables.
        directory: The working directory.

    Returns:
        The file named, else the one of BINDCTL_METABASE, else ``metabase.toml`` in
        the working directory, else the one in the per-user configuration directory.

    Raises:
        BindctlError: MET001, there is none.
    """
    chosen = named or environment.get(METABASE_VARIABLE)
    if chosen:
        path = os.path.join(directory, chosen)
        if not _may_exist(path):
            raise _not_found(f"{chosen} does not exist", path)
        return path
    candidates = [os.path.join(directory, METABASE_NAME)]
    configuration = user_configuration_directory(environment)
    if configuration:
        candidates.append(os.path.join(configuration, METABASE_NAME))
    for path in candidates:
        if _may_exist(path):
            return path
    cause = "no metabase.toml here, nor in the user's configuration directory"
    raise _not_found(cause, candidates[0])


def find_lost_metabase(
    named: str | None, environment: "Mapping[str, str]", directory: str
) -> str:
    """As `find_metabase`, also where only a metabase's history and backups are left.

    Raises:
        BindctlError: MET001, there is none, and no history of one.
    """
    try:
        return find_metabase(named, environment, directory)
    except BindctlError:
        chosen = named or environment.get(METABASE_VARIABLE) or METABASE_NAME
        path = os.path.join(directory, chosen)
        if os.path.isdir(runtime_directory(path)):
            return path
        raise


def user_configuration_directory(environment: "Mapping[str, str]") -> str:
    """``$XDG_CONFIG_HOME/bindctl`` or its like; empty when there is no home."""
    if os.name == "nt":
        base = environment.get("APPDATA", "")
    else:
        base = environment.get("XDG_CONFIG_HOME", "")
        home = environment.get("HOME", "")
        if not base and home:
            base = os.path.join(home, ".config")
    return os.path.join(base, "bindctl") if base else ""


def user_cache_directory(environment: "Mapping[str, str]") -> str:
    """The folder for bindctl's caches; empty without a home.

    Source:
        XDG Base Directory Specification 0.8; Apple, File System Programming Guide.
    """
    if os.name == "nt":
        base = environment.get("LOCALAPPDATA", "")
        return os.path.join(base, "bindctl", "Cache") if base else ""
    base = environment.get("XDG_CACHE_HOME", "")
    home = environment.get("HOME", "")
    if not os.path.isabs(base) and home:  # a relative one is to be ignored
        is_mac = os.uname().sysname == "Darwin"
        base = os.path.join(home, *(("Library", "Caches") if is_mac else (".cache",)))
    return os.path.join(base, "bindctl") if os.path.isabs(base) else ""


def runtime_directory(
    metabase: str, environment: "Mapping[str, str]" = os.environ
) -> str:
    """The folder of a metabase's history, locks and running service.

    It is beside the real file, or in the folder that BINDCTL_STATE names, where its
    name distinguishes metabases of several folders. `state_folder` opens it.
    """
    folder, name = os.path.split(os.path.realpath(metabase))
    state = environment.get(STATE_VARIABLE)
    if not state:
        return os.path.join(folder, STATE_NAME, name)
    import zlib  # noqa: PLC0415 - seldom named

    return os.path.join(
        os.path.abspath(state), f"{name}-{zlib.crc32(os.fsencode(folder)):08x}"
    )


def certificates_directory(metabase: str) -> str:
    """The folder that holds the certificate stores and the authority."""
    return os.path.join(os.path.dirname(os.path.realpath(metabase)), "certificates")


def store_directory(metabase: str, store_name: str) -> str:
    """The folder of one certificate store: ``certificates/my``."""
    return os.path.join(certificates_directory(metabase), store_name.lower())


def authority_directory(metabase: str, environment: "Mapping[str, str]") -> str:
    """The folder of the development authority: BINDCTL_AUTHORITY, or beside."""
    shared = environment.get(AUTHORITY_VARIABLE)
    return shared or os.path.join(certificates_directory(metabase), "authority")


def root_directory(metabase: str) -> str:
    """The folder of authorities that your own clients trust: ``certificates/root``."""
    return os.path.join(certificates_directory(metabase), "root")


def _may_exist(path: str) -> bool:
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # reading it will say what is wrong
    return True


def _not_found(cause: str, path: str) -> BindctlError:
    hint = "bindctl init makes one; --metabase FILE or BINDCTL_METABASE names another"
    if os.path.isdir(os.path.join(runtime_directory(path), "history")):
        hint = "bindctl history list shows its versions; bindctl history restore N"
    return BindctlError("MET001", cause, hint)
