"""The web process of a kill test: the real application behind a fuse.

While the file that `SALUR_KILLS_FUSE` names exists, the next accepted push kills this process after
the application has answered, and so after it has committed, and before a byte of the answer leaves.
"""

import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from salur.config.wsgi import application as real

FUSE = Path(os.environ["SALUR_KILLS_FUSE"])


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    said: list[str] = []

    def listening(status: str, *rest: Any) -> Any:
        said.append(status)
        return start_response(status, *rest)

    answer = real(environ, listening)
    if environ["PATH_INFO"].endswith("/events") and said[0].startswith("200"):
        try:
            FUSE.unlink()
        except FileNotFoundError:
            return answer
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
