"""`python -m simulator.kills --kills 100 --seed 1`: the last line is one JSON object.

Exit code 1 when a promise was broken.
"""

import argparse
import json
import signal
import sys

from simulator.kills.house import House


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--families", type=int, help="per village of three", default=None)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    house = House.make()
    from simulator.kills.run import play  # noqa: PLC0415 - rooms load after the boot

    try:
        outcome = play(
            house,
            kills=arguments.kills,
            seed=arguments.seed,
            families=arguments.families or 20 * arguments.kills,
        )
    finally:
        house.close()
    sys.stdout.write(json.dumps(outcome.as_json()) + "\n")
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
