-- One key may have several rows, each with a first day of its own; what is known of one stays when another is decided.

DROP INDEX mapping_row_active_once;

CREATE UNIQUE INDEX mapping_row_active_once
ON mapping_row (table_name, natural_key, valid_from) WHERE state = 'active';
