"""Run the benchmarks: all, or those named.

    python -m bench [commands] [metabase] [scale] [check] [plan] [serving] [start]
    python -m bench scale --sites 1000,10000

Exit status 1 when a goal is missed.
"""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("commands", "metabase", "scale", "check", "plan", "serving", "start")


def main() -> int:
    """Run them one after another; 0 when every goal is met."""
    words = sys.argv[1:]
    if "--sites" in words:  # of `scale`, which reads it itself
        at = words.index("--sites")
        del words[at : at + 2]
    names = words or list(NAMES)
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}")
        return 2
    met = [import_module(f"bench.bench_{name}").run() for name in names]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
