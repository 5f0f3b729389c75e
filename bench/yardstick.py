"""What the same server does with a plain workload in the same run: `pgbench -N`."""

from __future__ import annotations

import os
import re
import subprocess

import scratch


def pgbench(seconds: int) -> float:
    """Transactions per second of the yardstick, on the same server."""
    options = scratch.SERVER.conninfo("bench_yardstick")
    with scratch.SERVER.connect() as admin:
        admin.execute("CREATE DATABASE bench_yardstick")
    environment = {
        **os.environ,
        "PGHOST": str(options["host"]),
        "PGUSER": str(options["user"]),
        "PGPORT": str(options.get("port", 5432)),
    }
    program = scratch.SERVER.program("pgbench")
    subprocess.run(
        [program, "-i", "-q", "-s", "20", "bench_yardstick"],
        env=environment,
        check=True,
        capture_output=True,
    )
    run = subprocess.run(
        [
            program,
            "-N",
            "-c",
            "8",
            "-j",
            "2",
            "-M",
            "prepared",
            "-T",
            str(seconds),
            "bench_yardstick",
        ],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"tps = ([0-9.]+)", run.stdout)
    if found is None:
        raise SystemExit(run.stdout)
    return float(found.group(1))
