"""What comes back, settled: raw bytes -> kept -> classified -> tied to a delivery -> state.

``ties``, ``verdict``, ``relevance`` and ``waiting`` decide, as functions on values; ``reconciler``
and ``settling`` write.
"""

from coalizione_mailer.reconcile.reconciler import Batch, Reconciler
from coalizione_mailer.reconcile.tally import Judged, Tally

__all__ = ["Batch", "Judged", "Reconciler", "Tally"]
