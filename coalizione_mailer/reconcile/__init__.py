"""What comes back, settled: raw bytes -> kept -> classified -> tied to a delivery -> state.

``ties``, ``verdict`` and ``relevance`` decide, as functions on values; ``reconciler`` writes.
"""

from coalizione_mailer.reconcile.reconciler import Batch, Reconciler, Tally

__all__ = ["Batch", "Reconciler", "Tally"]
