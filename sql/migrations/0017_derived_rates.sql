-- A reference rate that the series does not publish as it stands says what it was reckoned from.

ALTER TABLE exchange_difference ADD COLUMN reference_derivation text NOT NULL DEFAULT '';
