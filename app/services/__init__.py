"""Use cases: authorise, query, change, enqueue, raise. They own the transaction."""
