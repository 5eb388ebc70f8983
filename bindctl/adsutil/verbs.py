"""Which function answers a verb; only the module of the verb asked for is loaded."""

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

    Command = Callable[[Terminal, Workspace, str, Sequence[str]], int]

# Module of this package, and the function in it.
VERBS: "Mapping[str, tuple[str, str]]" = {
    "ENUM": ("enum", "enum_command"),
    "ENUM_ALL": ("enum", "enum_all_command"),
    "ENUMALL": ("enum", "enum_all_command"),
    "CREATE": ("create", "create_command"),
    "CREATE_VDIR": ("create", "create_vdir_command"),
    "CREATE_VSERV": ("create", "create_vserv_command"),
    "DELETE": ("delete", "delete_command"),
    "COPY": ("copy_move", "copy_command"),
    "MOVE": ("copy_move", "move_command"),
    "FIND": ("find", "find_command"),
    "START_SERVER": ("server", "start_command"),
    "STOP_SERVER": ("server", "stop_command"),
    "PAUSE_SERVER": ("server", "pause_command"),
    "CONTINUE_SERVER": ("server", "continue_command"),
    "APPCREATEINPROC": ("applications", "create_in_process_command"),
    "APPCREATEOUTPROC": ("applications", "create_out_of_process_command"),
    "APPCREATEPOOLPROC": ("applications", "create_pooled_command"),
    "APPDELETE": ("applications", "delete_command"),
    "APPUNLOAD": ("applications", "unload_command"),
    "APPDISABLE": ("applications", "disable_command"),
    "APPENABLE": ("applications", "enable_command"),
    "APPGETSTATUS": ("applications", "status_command"),
    "HELP": ("help", "help_command"),
}


def find_command(verb: str) -> "Command":
    """The function of a verb, in upper case."""
    module, name = VERBS[verb]
    command: Command = getattr(import_module(f"bindctl.adsutil.{module}"), name)
    return command
