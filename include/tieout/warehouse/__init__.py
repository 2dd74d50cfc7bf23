"""PostgreSQL: the only memory of decisions; repositories on the files in sql/."""
