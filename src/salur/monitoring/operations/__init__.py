"""The only writers of this room's counts."""

from salur.monitoring.operations.journal import follow_journal, rebuild_rollups
from salur.monitoring.operations.looking import record_look
from salur.monitoring.operations.standing import count_standing
from salur.monitoring.operations.targets import count_targets

__all__ = ["count_standing", "count_targets", "follow_journal", "rebuild_rollups", "record_look"]
