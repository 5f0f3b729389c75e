"""Drawing arrived photos anew, in the background."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from salur.intake.models import Picture
from salur.intake.operations.files import keep_file
from salur.intake.pictures import Undrawable, draw_anew
from salur.intake.queries import read_whole_file_for_system
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now
from salur.kernel.errors import Missing
from salur.kernel.sealing import SealBroken

BATCH = 10
MOST_TRIES = 3


def draw_pictures(limit: int = BATCH) -> int:
    """Draws the oldest waiting photos anew; how many left the queue or were tried.

    A try is counted before the file is opened: one that takes the process down with it is left
    alone after the third time.
    """
    with transaction.atomic():
        waiting = Picture.objects.filter(state=Picture.State.WAITING).order_by("arrived_at")
        claimed = list(waiting.select_for_update(skip_locked=True)[:limit])
        hashes = [picture.sha256 for picture in claimed]
        Picture.objects.filter(sha256__in=hashes).update(tries=F("tries") + 1)
    for picture in claimed:
        _draw(picture)
    return len(claimed)


def _draw(picture: Picture) -> None:
    try:
        if picture.tries >= MOST_TRIES:
            raise Undrawable("gave_up")
        drawn = draw_anew(read_whole_file_for_system(picture.sha256))
    except Undrawable as undrawable:
        picture.state, picture.reason = Picture.State.UNDRAWABLE, undrawable.reason
    except (SealBroken, FileNotFoundError, Missing):
        picture.state, picture.reason = Picture.State.UNDRAWABLE, "lost"
    else:
        kept = keep_file(drawn.data, kind="picture", media_type="image/jpeg", by=SYSTEM)
        picture.state = Picture.State.DRAWN
        picture.shown_sha256 = kept.sha256
        picture.width, picture.height = drawn.width, drawn.height
        picture.taken_at = drawn.taken_at
        picture.latitude, picture.longitude = drawn.latitude, drawn.longitude
    picture.drawn_at = now()
    picture.tries += 1
    picture.save()
