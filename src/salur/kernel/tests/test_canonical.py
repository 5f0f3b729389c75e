"""JSON as devices write it, and as it is signed."""

import json

import pytest

from salur.kernel.canonical import read_json


@pytest.mark.parametrize(
    "text",
    [
        '{"note":"\\ud800"}',  # half a character, which browsers write without a word
        '{"total":36893488147419103232}',
        '{"lat":-2.99,"lon":104.75}',
        '{"a":1,"a":2}',
    ],
)
def test_what_a_browser_writes_is_read_as_it_always_was(text):
    assert read_json(text.encode()) == json.loads(text)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[1,]"])
def test_what_is_no_json_is_a_value_error(data):
    with pytest.raises(ValueError, match=r".+"):
        read_json(data)
