"""How well faces are told apart, and what that costs.

    python bench/faces.py [PAIRS_DIR] [--json]

PAIRS_DIR holds two photos per person, `NAME_1.jpg` and `NAME_2.jpg`; the default is
`../shared/faces/lfw` beside the repository, if it is there. Every person's pair is a genuine
comparison, every two photos of different people an impostor one. Take photos of your own people,
with their consent, before you trust any threshold. Nothing is copied or written.

The face nearest to the picture's middle is taken, as such collections intend; the quality gate is
not applied, but what it would have refused is counted. TAR = genuine pairs accepted, FAR = impostor
pairs accepted. With few people the figures are rough: each genuine pair weighs 1/people.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from salur.identity.faces import Face, FaceEngine, align  # noqa: E402
from salur.identity.images import Picture, decode  # noqa: E402
from salur.identity.prepare_models import prepare_models  # noqa: E402
from salur.identity.quality import look_at  # noqa: E402
from salur.identity.rules import FaceLimits  # noqa: E402

DEFAULT_PAIRS = ROOT.parent / "shared" / "faces" / "lfw"
FAR_TARGETS = {"tar_at_far_1e2": 1e-2, "tar_at_far_1e3": 1e-3}
TIMED_PHOTOS = 60


def middle_face(picture: Picture, faces: list[Face]) -> Face:
    middle = complex(picture.shape[1] / 2, picture.shape[0] / 2)
    return min(faces, key=lambda f: abs(complex(f.x + f.width / 2, f.y + f.height / 2) - middle))


def threshold_at(impostors: np.ndarray, far: float) -> float:
    """The lowest threshold at which at most this share of impostors reaches it."""
    ordered = np.sort(impostors)
    return float(np.nextafter(ordered[len(ordered) - 1 - int(far * len(ordered))], 2))


def equal_error(genuine: np.ndarray, impostors: np.ndarray) -> float:
    """Where as many genuine pairs are refused as impostors accepted."""
    grid = np.unique(np.concatenate([genuine, np.linspace(-0.2, 1, 2401)]))
    refused = np.searchsorted(np.sort(genuine), grid) / len(genuine)
    accepted = 1 - np.searchsorted(np.sort(impostors), grid) / len(impostors)
    place = int(np.argmin(np.abs(refused - accepted)))
    return float((refused[place] + accepted[place]) / 2)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pairs", nargs="?", type=Path, default=DEFAULT_PAIRS)
    parser.add_argument("--json", action="store_true", help="only the last line")
    options = parser.parse_args()
    files = sorted(options.pairs.glob("*_[12].jpg")) if options.pairs.is_dir() else []
    pairs = Counter(path.stem.rpartition("_")[0] for path in files)
    files = [path for path in files if pairs[path.stem.rpartition("_")[0]] == 2]
    if len(files) < 4:
        print(f"Nothing measured: no pairs NAME_1.jpg, NAME_2.jpg in {options.pairs}.")
        print("Name a folder: python bench/faces.py FOLDER")
        print(json.dumps({"measured": False, "reason": "no pairs"}))
        return 0

    def say(text: str) -> None:
        if not options.json:
            print(text, flush=True)

    engine, limits = FaceEngine(prepare_models()), FaceLimits()
    vectors, people, refused = [], [], Counter()
    for path in files:
        picture = decode(path.read_bytes())
        found = engine.detect(picture)
        if not found:
            continue
        refused.update(reason.value for reason in look_at(picture, engine, limits).reasons)
        vectors.append(engine.embed(align(picture, middle_face(picture, found))))
        people.append(path.stem.rpartition("_")[0])
    likeness = np.stack(vectors).astype(np.float64) @ np.stack(vectors).T.astype(np.float64)
    names = np.array(people)
    rows, columns = np.triu_indices(len(names), 1)
    same = names[rows] == names[columns]
    genuine, impostors = likeness[rows, columns][same], likeness[rows, columns][~same]

    timed = [path.read_bytes() for path in files[:TIMED_PHOTOS]]
    started = time.process_time()
    for data in timed:
        picture = decode(data)
        engine.embed(align(picture, engine.detect(picture)[0]))
    cpu_ms = (time.process_time() - started) / len(timed) * 1000

    result: dict[str, object] = {
        "people": len(set(people)),
        "genuine_pairs": len(genuine),
        "impostor_pairs": len(impostors),
        "detected": round(len(vectors) / len(files), 4),
        "eer": round(equal_error(genuine, impostors), 4),
        "cpu_ms": round(cpu_ms, 1),
    }
    for name, far in FAR_TARGETS.items():
        threshold = threshold_at(impostors, far)
        result[name] = round(float((genuine >= threshold).mean()), 4)
        say(f"FAR {far:g}: threshold {threshold:.3f}, TAR {result[name]:.2%}")
    for name, threshold in (("match", limits.match_from), ("review", limits.review_from)):
        accepted = float((genuine >= threshold).mean())
        wrong = float((impostors >= threshold).mean())
        result[f"genuine_from_{name}"] = round(accepted, 4)
        result[f"impostors_from_{name}"] = round(wrong, 6)
        say(f"{name} from {threshold}: genuine {accepted:.2%}, impostors {wrong:.4%}")
    say(f"Reasons the quality gate would give: {dict(refused.most_common())}")
    say(f"{cpu_ms:.1f} ms of CPU per photo: decode, detect, align, embed, one thread")
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
