"""Do the books agree? Read only; each figure from its own source."""

from salur.reconciliation.queries.books import (
    BooksBreak,
    audit_breaks_for_system,
    books_breaks_for_system,
)
from salur.reconciliation.queries.orders import (
    OrderFigures,
    order_figures,
    order_figures_for_system,
)

__all__ = [
    "BooksBreak",
    "OrderFigures",
    "audit_breaks_for_system",
    "books_breaks_for_system",
    "order_figures",
    "order_figures_for_system",
]
