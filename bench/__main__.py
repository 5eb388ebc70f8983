"""Run the benchmarks: all, or those named.

    python -m bench [commands] [metabase] [serving] [start]

Exit status 1 when a goal is missed.
"""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("commands", "metabase", "serving", "start")


def main() -> int:
    """Run them one after another; 0 when every goal is met."""
    names = sys.argv[1:] or list(NAMES)
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}")
        return 2
    met = [import_module(f"bench.bench_{name}").run() for name in names]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
