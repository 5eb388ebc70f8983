"""A command line as a process: streams, environment, and an exit that says the truth.

On the quickest path: every import here is paid by every command.
"""

import gc
import os
import sys

from bindctl.cli.terminal import Terminal, system_clock
from bindctl.findings.errors import ExitStatus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn


def run_process(run: "Callable[[Sequence[str], Terminal], int]") -> "NoReturn":
    """Run this process's command line and exit with its status.

    Two things a process that lives for milliseconds can do without, and that would
    cost a fifth of its life: collecting garbage, and taking the interpreter down
    piece by piece.
    """
    gc.disable()
    terminal = Terminal(sys.stdout, sys.stderr, os.environ, os.getcwd(), system_clock)
    try:
        status = run(sys.argv[1:], terminal)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output is gone; keep the interpreter from saying so.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = ExitStatus.OK
    except KeyboardInterrupt:
        status = ExitStatus.INTERRUPTED
    except Exception:  # noqa: BLE001 - a bug: never hidden, never a plain failure
        sys.stdout.flush()
        import traceback  # noqa: PLC0415 - bugs only

        traceback.print_exc()
        sys.stderr.write("this is a bug in bindctl; please report the lines above\n")
        status = ExitStatus.BUG
    sys.stderr.flush()
    os._exit(status)
