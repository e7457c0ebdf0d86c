"""Landing: from a file in the inbox to rows that are kept for good.

It promises: the original bytes are archived; rows read = rows accepted + rows rejected, for every load; every refused
cell and rejected row is listed with its row, column, value, rule and what to do; a file that cannot be read stays where
it is with a `.why.txt` beside it; the same bytes twice are one load; a crash at any moment loses and doubles nothing.

In the order in which a file meets them: `inbox` (what is there, what is ready), `guards` (what may be opened),
`csv_reader` and `xlsx_reader` (cells as text), `recognition` (which extract, which column), `data_dates`, `values`
(one cell), `checking` (one table), `store` (what is written), `intake` (the order of it all). `as_known` gives back the
current rows, to identity and to the warehouse alike.

What does not belong here: who is who (identity), judging a whole load (quality), what the rows mean (warehouse).
"""

from pipelines.landing.intake import land
from pipelines.landing.model import FileReceipt, LandingReport, Load, RefusedFileError, RowsLostError

__all__ = ["FileReceipt", "LandingReport", "Load", "RefusedFileError", "RowsLostError", "land"]
