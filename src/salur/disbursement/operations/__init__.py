"""The only writers of this room."""

from salur.disbursement.operations.planning import PlanResult, current_policy, plan_payments

__all__ = ["PlanResult", "current_policy", "plan_payments"]
