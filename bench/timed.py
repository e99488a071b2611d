"""Runs one command and reports what the kernel says it and its children cost; Node offers no such question about a child.

Usage: timed.py REPORT COMMAND... - writes {"code", "wall_s", "cpu_s", "peak_mb"} as JSON to REPORT.
"""

import json
import os
import sys
import time

report, *command = sys.argv[1:]
silent = os.open(os.devnull, os.O_RDWR)
began = time.perf_counter()
child = os.posix_spawnp(
    command[0],
    command,
    os.environ,
    file_actions=[(os.POSIX_SPAWN_DUP2, silent, 0), (os.POSIX_SPAWN_DUP2, silent, 1)],
)
_, status, usage = os.wait4(child, 0)
wall_s = time.perf_counter() - began
# Linux counts ru_maxrss in KiB, macOS in bytes; the largest single process counts, not the sum.
peak_mb = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
with open(report, "w", encoding="utf-8") as file:
    json.dump(
        {
            "code": os.waitstatus_to_exitcode(status),
            "wall_s": wall_s,
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "peak_mb": peak_mb,
        },
        file,
    )
