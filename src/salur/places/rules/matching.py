"""Finding a region by the names that a list gives, without guessing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from salur.places.rules.codes import LEVELS, Level, level_of, parent_of, sort_of
from salur.places.rules.names import name_key


@dataclass(frozen=True, slots=True)
class Found:
    """What four names led to.

    ``code`` is the region, or "" when there is none. Then ``problem`` is "unknown" or "ambiguous",
    ``level`` the first level that failed, and ``near`` holds codes of regions that may be meant.
    """

    code: str = ""
    problem: str = ""
    level: Level | None = None
    near: tuple[str, ...] = ()


class RegionIndex:
    """All regions of one day by name. Build it once, ask it often: answers are remembered, so a
    list of 200,000 rows costs one look-up per distinct village."""

    def __init__(
        self,
        regions: Iterable[tuple[str, str]],
        former: Iterable[tuple[str, str]] = (),
    ) -> None:
        """``regions``: (code, name) of every region of the day, in any order. ``former``: (code,
        name) of earlier names, which count only where no region of today bears them."""
        self.names: dict[str, str] = dict(regions)
        self._by_parent: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._by_level: dict[tuple[Level, str], list[str]] = defaultdict(list)
        self._children: dict[str, list[str]] = defaultdict(list)
        for code, name in self.names.items():
            level = level_of(code)
            key = name_key(name, level).key
            self._by_parent[parent_of(code), key].append(code)
            self._by_level[level, key].append(code)
            self._children[parent_of(code)].append(code)
        for code, name in former:
            if code not in self.names:
                continue
            level = level_of(code)
            key = name_key(name, level).key
            if not self._by_parent.get((parent_of(code), key)):
                self._by_parent[parent_of(code), key] = [code]
                self._by_level[level, key].append(code)
        self._answers: dict[tuple[str, str, str, str], Found] = {}

    def __contains__(self, code: object) -> bool:
        return code in self.names

    def __len__(self) -> int:
        return len(self.names)

    def find(
        self, *, province: str = "", regency: str = "", district: str = "", village: str = ""
    ) -> Found:
        """The region that the names lead to: as deep as the deepest name given. Upper levels may
        be missing when the lower ones are unmistakable without them. Idempotent, never guesses:
        two regions that fit equally are "ambiguous"."""
        asked = (province, regency, district, village)
        if (answer := self._answers.get(asked)) is None:
            answer = self._answers[asked] = self._search(asked)
        return answer

    def _search(self, asked: tuple[str, str, str, str]) -> Found:
        candidates = [""]
        last: Level | None = None
        adjacent = True
        for level, name in zip(LEVELS, asked, strict=True):
            if not name.strip():
                adjacent = False
                continue
            above = candidates
            candidates = list(self._step(above, level, name, adjacent))
            if not candidates:
                return Found("", "unknown", level, self._near(above, level, name))
            last, adjacent = level, True
        if last is None:
            return Found("", "unknown", "province")
        if len(candidates) > 1:
            return Found("", "ambiguous", last, tuple(sorted(candidates)[:5]))
        return Found(candidates[0], level=last)

    def _step(self, above: list[str], level: Level, name: str, adjacent: bool) -> Iterator[str]:
        key = name_key(name, level)
        if adjacent:
            hits = [code for up in above for code in self._by_parent.get((up, key.key), ())]
        else:
            hits = [
                code
                for code in self._by_level.get((level, key.key), ())
                if any(up == "" or code.startswith(up + ".") for up in above)
            ]
        same_sort = [code for code in hits if key.sort and sort_of(code) == key.sort]
        yield from same_sort or hits

    def _near(self, above: list[str], level: Level, name: str) -> tuple[str, ...]:
        siblings = {
            name_key(self.names[code], level).key: code
            for up in above
            for code in self._children.get(up, ())
            if level_of(code) == level
        }
        key = name_key(name, level).key
        return tuple(siblings[hit] for hit in get_close_matches(key, siblings, n=3, cutoff=0.75))
