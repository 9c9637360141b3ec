"""What the stock ledger refuses."""

from tidings.kit.problem import Problem


class StockReserved(Problem):
    """Fewer than are promised to orders: `reserved` says how many. Cancel or change orders first, or count again."""

    status = 409
    slug = "stock-reserved"
    title = "Stock is reserved"
