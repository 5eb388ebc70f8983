"""start_or_explain.py SITE: start a site; say in plain words why it does not."""

import re
import subprocess
import sys

REASONS = {
    "0x800700B7": "another site has one of its bindings",
    "0x80070020": "another program has its port",
    "0x80070003": "there is no such site",
    "0x80070426": "the service does not run",
}
site = "w3svc/" + sys.argv[1]
done = subprocess.run(
    ["adsutil", "START_SERVER", site], stdout=subprocess.PIPE, text=True
)
lines = done.stdout.splitlines()
if lines == [f"Server {site} Successfully STARTED"]:
    print("started")
    sys.exit(0)
number = re.match(r"ErrNumber: (-?\d+) \((0x[0-9A-F]+)\)$", lines[1])
assert int(number.group(1)) & 0xFFFFFFFF == int(number.group(2), 16)
assert done.returncode == int(number.group(2), 16) & 0xFF
assert lines[2].startswith("Error trying to ")
print("not started:", REASONS.get(number.group(2), number.group(2)))
sys.exit(1)
