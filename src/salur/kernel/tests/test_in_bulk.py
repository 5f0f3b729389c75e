"""What lists of hundreds of thousands use is the same as what one value uses."""

import hmac
from hashlib import sha256
from uuid import UUID, uuid4

import pytest

from salur.kernel import ids
from salur.kernel.keys import ring
from salur.kernel.sealing import SealBroken, blind_index, seal_many, unseal


def test_ids_as_text_are_uuids_of_version_seven_in_ascending_order():
    texts = ids.new_id_texts(500)
    assert len(set(texts)) == 500
    assert texts == sorted(texts)
    for text in texts:
        made = UUID(text)
        assert (str(made), made.version, made.variant) == (text, 7, "specified in RFC 4122")


def test_a_seed_gives_the_same_ids_again():
    with ids.seeded(7):
        first = [text[14:] for text in ids.new_id_texts(5)]
    with ids.seeded(7):
        assert [text[14:] for text in ids.new_id_texts(5)] == first


def test_values_sealed_in_bulk_open_for_their_own_subject_only(db):
    subjects = [str(uuid4()) for _ in range(3)]
    first, nothing, third = seal_many(["rahasia", None, "rahasia"], subjects, field="a.b")
    assert nothing is None
    assert first != third
    assert unseal(first, field="a.b", subject=subjects[0]) == "rahasia"
    with pytest.raises(SealBroken):
        unseal(first, field="a.b", subject=subjects[2])


def test_a_blind_index_is_the_hmac_of_purpose_and_value(db):
    expected = hmac.new(ring("blind_index").key, b"nik|1671", sha256).digest()
    assert blind_index("1671", purpose="nik") == expected
