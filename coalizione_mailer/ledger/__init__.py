"""The ledger: the database that knows every delivery, attempt and receipt (SQLAlchemy Core)."""
