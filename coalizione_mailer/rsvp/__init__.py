"""Who is coming: replies are read, entered where they are sure, and kept for a person otherwise."""
