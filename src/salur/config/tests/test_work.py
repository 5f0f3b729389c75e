"""The task process: each follower at its own pace, none in another's way."""

import threading
import time

from salur.config import work


def run(followers: list[work.Follower], seconds: float) -> None:
    stop = threading.Event()
    threads = [threading.Thread(target=work.follow, args=(stop, each)) for each in followers]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join(5)


def test_a_slow_follower_holds_nobody_back() -> None:
    turns: list[float] = []

    def slow() -> int:
        time.sleep(1.2)
        return 1

    def quick() -> int:
        turns.append(time.monotonic())
        return work.MANY_ROWS

    run([slow, quick], 0.6)
    assert len(turns) > 3


def test_few_rows_are_let_gather_and_many_go_on_at_once() -> None:
    few: list[int] = []
    many: list[int] = []
    run([lambda: few.append(1) or 1, lambda: many.append(1) or work.MANY_ROWS], 0.6)
    assert len(few) <= 0.6 / work.BREATH_SECONDS + 2
    assert len(many) > 10 * len(few)


def test_one_that_fails_is_named_and_the_others_run_even_so() -> None:
    def fails() -> int:
        raise ValueError

    done, failed = work.follow_once([fails, lambda: 3])
    assert done == 3
    assert [name.rpartition(".")[2] for name in failed] == ["fails"]
