-- Expectations on every kind of batch, and what a run measured for the next one to drift from.

ALTER TABLE expectation_result DROP CONSTRAINT expectation_result_unit_key_fkey;

-- A batch is a unit, a journal, a snapshot of employees or a table of rates.
ALTER TABLE expectation_result RENAME COLUMN unit_key TO batch_key;

ALTER TABLE expectation_result ADD COLUMN entity text NOT NULL DEFAULT '';

ALTER TABLE expectation_result ADD COLUMN period text NOT NULL DEFAULT '';

UPDATE expectation_result
SET entity = unit.entity, period = unit.period
FROM work_unit AS unit
WHERE unit.unit_key = expectation_result.batch_key;

CREATE INDEX expectation_result_period ON expectation_result (period, entity);

-- Headcount and net pay: as the provider states them, and as read; NULL where nobody tells.
ALTER TABLE document_control ADD COLUMN headcount int;

ALTER TABLE document_control ADD COLUMN net_pay_minor bigint;

ALTER TABLE document_control ADD COLUMN read_headcount int;

ALTER TABLE document_control ADD COLUMN read_net_pay_minor bigint;
