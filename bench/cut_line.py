"""How much is sent twice when photos go up over a line that is cut every twenty seconds.

The app's own upload client (in node) against one web process on a synced PostgreSQL, through a
proxy that brings up 400 kbit/s, drops every connection each 20 s and stays away for 2 s. What is
counted came out of the proxy towards the server, headers included. Ends when every photo is kept.

    python bench/cut_line.py --photos 60
"""

from __future__ import annotations

import argparse
import json
from hashlib import sha256

import scratch
from officers import make_devices
from processes import free_port, house

from salur.disbursement.tests.country import MORNING, make_country
from salur.intake.queries import evidence_present_for_system
from salur.kernel import clock
from simulator.transports import Loopback
from tests.browser.line import Line
from tests.browser.uploads import make_photos, name_photos, send_photos

MOST_PHOTO_BYTES = 250_000
PIECE_MS = 1_500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--kilobits", type=int, default=400, help="the line's rate upwards")
    parser.add_argument("--cut-every", type=float, default=20.0, help="seconds")
    parser.add_argument("--away", type=float, default=2.0, help="seconds without a line")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    with clock.at(MORNING):
        country = make_country()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    device = make_devices(1, country.offices[0].code, Loopback(address))[0]
    photos = make_photos(
        scratch.FOLDER / "photos", arguments.photos, MOST_PHOTO_BYTES, seed=arguments.seed
    )
    total = sum(photo.stat().st_size for photo in photos)
    with house(port):
        name_photos(device, photos)
        line = Line(address, up_bytes_per_second=arguments.kilobits * 1000 // 8)
        line.cut_every(arguments.cut_every, for_seconds=arguments.away)
        told = send_photos(device, photos, line.url, piece_ms=PIECE_MS, retry_ms=2_000)
        cuts, sent = line.cuts, line.bytes_up
        line.close()
    hashes = {sha256(photo.read_bytes()).hexdigest() for photo in photos}
    if missing := hashes - evidence_present_for_system(hashes):
        raise SystemExit(f"{len(missing)} photos are missing")
    print(
        json.dumps(
            {
                "photos": len(photos),
                "kilobits": arguments.kilobits,
                "bytes_total": total,
                "bytes_sent": sent,
                "resent_share": round((sent - total) / total, 4),
                "seconds": round(told["seconds"], 1),
                "cuts": cuts,
                "turns": told["turns"],
                "last_piece_bytes": told["piece_bytes"],
            }
        )
    )


if __name__ == "__main__":
    main()
