-- Master data with two clocks: when a fact is true in the business, and since when it is known.

ALTER TABLE reference_object
ADD COLUMN valid_from date NOT NULL DEFAULT '-infinity',
ADD COLUMN valid_to date NOT NULL DEFAULT 'infinity',
ADD CONSTRAINT reference_object_is_valid_for_a_time CHECK (valid_from < valid_to);

-- What is known last of an object is one row for each stretch of business time.
DROP INDEX reference_object_known_once;

CREATE UNIQUE INDEX reference_object_known_once
ON reference_object (source, kind, code, valid_from) WHERE known_to = 'infinity';

CREATE UNIQUE INDEX reference_object_ends_once
ON reference_object (source, kind, code)
WHERE known_to = 'infinity' AND valid_to = 'infinity';

-- What was known at another instant is asked for by kind.
CREATE INDEX reference_object_history ON reference_object (kind, code, known_from);

ALTER TABLE reference_snapshot
ADD COLUMN kinds jsonb NOT NULL DEFAULT '{}',
ADD COLUMN doubted_count int NOT NULL DEFAULT 0;
