"""National ids (NIK) and family card numbers as the civil registry hands them out.

NIK: district of first registration (6), birth date DDMMYY with 40 added to the day for women,
serial (4, from 0001). Family card: same shape without the 40, with the day it was issued.
"""

from datetime import date, timedelta
from random import Random

# Who was first registered elsewhere keeps the number of that district; serials from here up are
# given to them, so that the two books can never hand out one number twice.
_ELSEWHERE_SERIALS = 5000
_ELSEWHERE_MILLI = 80


class NumberBook:
    """Hands out each number once. `enter` a district before numbering its families, each once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._niks: dict[str, int] = {}
        self._cards: dict[str, int] = {}
        self._elsewhere: dict[str, int] = {}
        self._visited: list[str] = []
        self._district = ""

    def enter(self, district_code: str) -> None:
        if district_code != self._district:
            self._district = district_code
            self._niks.clear()
            self._cards.clear()
            self._visited.append(district_code.replace(".", ""))

    def nik(self, district_code: str, born: date, *, woman: bool) -> str:
        rng = self._rng
        day = born.day + 40 if woman else born.day
        tail = f"{day:02d}{born.month:02d}{born.year % 100:02d}"
        if rng.random() * 1000 < _ELSEWHERE_MILLI:
            place = self._visited[int(rng.random() * len(self._visited))]
            key = place + tail
            serial = self._elsewhere.get(key, _ELSEWHERE_SERIALS)
            self._elsewhere[key] = serial + 1
        else:
            key = district_code.replace(".", "") + tail
            serial = self._niks.get(key, 0) + 1
            self._niks[key] = serial
        return f"{key}{serial:04d}"

    def family_card(self, district_code: str, on: date) -> str:
        issued = on - timedelta(days=60 + int(self._rng.random() * 5400))
        key = f"{district_code.replace('.', '')}{issued:%d%m%y}"
        serial = self._cards.get(key, 0) + 1
        self._cards[key] = serial
        return f"{key}{serial:04d}"
