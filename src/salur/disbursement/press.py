"""The press: letter books made by helper processes, so that a run uses every core.

A helper is this module run by the same Python. It gets a book's letters and the signing key over
a pipe, writes no file, asks no database, and ends when its pipe is closed. Small runs are made
without helpers: starting one takes longer than a thousand letters.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from queue import SimpleQueue
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from salur.disbursement.letters import Letter, LetterBook, Letterhead, Wording

MOST_HELPERS = 8
_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True)
class Book:
    """What a helper needs to make one file."""

    title: str
    head: Letterhead
    key_id: int
    key: bytes
    letters: list[tuple[Letter, Wording]]


@dataclass(frozen=True)
class Printed:
    """The file, and the hash of each letter's token in the order of its pages."""

    pdf: bytes
    digests: list[bytes]


def make_book(book: Book) -> Printed:
    file = BytesIO()
    sign = Ed25519PrivateKey.from_private_bytes(book.key).sign
    pages = LetterBook(file, book.head, key_id=book.key_id, sign=sign, title=book.title)
    tokens = [pages.add(letter, wording) for letter, wording in book.letters]
    pages.close()
    return Printed(
        file.getvalue(), [hashlib.sha256(token.encode("ascii")).digest() for token in tokens]
    )


class Press:
    """Takes books and makes them, several at a time. `made` answers in any order asked."""

    def __init__(self, helpers: int) -> None:
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self._helpers = [_start() for _ in range(helpers)]
        for helper in self._helpers:
            self._idle.put(helper)
        self._threads = ThreadPoolExecutor(max(1, helpers))

    def submit(self, book: Book) -> Future[Printed]:
        if not self._helpers:
            done: Future[Printed] = Future()
            done.set_result(make_book(book))
            return done
        return self._threads.submit(self._ask, book)

    def _ask(self, book: Book) -> Printed:
        helper = self._idle.get()
        try:
            assert helper.stdin is not None
            assert helper.stdout is not None
            _send(helper.stdin, book)
            answer = _receive(helper.stdout)
        finally:
            self._idle.put(helper)
        if not isinstance(answer, Printed):
            raise RuntimeError(f"a helper of the press ended: {answer!r}")
        return answer

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        for helper in self._helpers:
            for pipe in (helper.stdin, helper.stdout):
                if pipe is not None:
                    pipe.close()
            helper.wait(timeout=30)


@contextmanager
def press(books: int) -> Iterator[Press]:
    """A press for a run of so many books; with a single book no helper is started."""
    cores = min(os.cpu_count() or 1, MOST_HELPERS)
    opened = Press(min(cores, books) if books > 1 and cores > 1 else 0)
    try:
        yield opened
    finally:
        opened.close()


def _start() -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, "-m", "salur.disbursement.press"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )


def _send(pipe: IO[bytes], message: Any) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    """None when the other side has closed."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    return pickle.loads(pipe.read(_LENGTH.unpack(head)[0]))  # noqa: S301 - our own other half


def _work() -> None:
    # Run as a module, this file is `__main__`; pickles name its classes by the importable one.
    from salur.disbursement.press import make_book as make  # noqa: PLC0415

    while (book := _receive(sys.stdin.buffer)) is not None:
        _send(sys.stdout.buffer, make(book))


if __name__ == "__main__":
    _work()
