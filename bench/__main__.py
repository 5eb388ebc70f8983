"""Run the benchmarks: all, or those named; or compare two runs.

    python -m bench [serving] [memory] [commands] [set] [scale] [check] [plan] [start]
    python -m bench scale --sites 1000,10000
    python -m bench serving --output now.json
    python -m bench compare before.json now.json

Each run is kept in a file. Exit status 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import signal
import sys
from importlib import import_module
from itertools import chain

from bench.rows import compare, save
from bench.servers import MissingProgramError

NAMES = (
    "serving",
    "memory",
    "commands",
    "set",
    "scale",
    "check",
    "plan",
    "start",
)


def main() -> int:
    """Run them one after another; 0 when every goal is met."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("names", nargs="*", help=", ".join(NAMES))
    parser.add_argument("--sites", help="sizes for scale")
    parser.add_argument("--output", help="where to keep the figures")
    options = parser.parse_args()
    if options.names[:1] == ["compare"] and len(options.names) == 3:
        compare(*options.names[1:])
        return 0
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers are stopped then
    rows = {}
    is_met = True
    for name in options.names or NAMES:
        try:
            rows[name] = import_module(f"bench.bench_{name}").run()
        except MissingProgramError as error:
            print(f"{name}: {error} not installed")
            is_met = False
    print(f"kept in {save(rows, options.output)}")
    return 0 if is_met and all(row.is_met for row in chain(*rows.values())) else 1


if __name__ == "__main__":
    sys.exit(main())
