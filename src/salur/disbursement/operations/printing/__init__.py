"""Print runs: letters for families and signature sheets for the desks."""

from salur.disbursement.operations.printing.danom import print_danom
from salur.disbursement.operations.printing.letters import PrintResult, print_letters

__all__ = ["PrintResult", "print_danom", "print_letters"]
