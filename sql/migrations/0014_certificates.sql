-- What passes each stage, where carried lines go, what should have arrived, and the proof of a period.

ALTER TABLE unit_stage ADD COLUMN sums jsonb NOT NULL DEFAULT '{}';
ALTER TABLE unit_stage ADD COLUMN altered text NOT NULL DEFAULT '';

ALTER TABLE disposition ADD COLUMN carried_to char(7);
ALTER TABLE disposition ADD CONSTRAINT disposition_carried_names_its_period
CHECK ((state = 'carried_over') = (carried_to IS NOT NULL));

-- What a person says of an expected pay run that has not arrived.
CREATE TABLE expectation_answer (
    entity text NOT NULL,
    provider text NOT NULL,
    period char(7) NOT NULL,
    state text NOT NULL CHECK (state IN ('late', 'cancelled')),
    reason text NOT NULL CHECK (reason <> ''),
    said_by text NOT NULL,
    said_at timestamptz NOT NULL,
    PRIMARY KEY (entity, provider, period)
);

CREATE TABLE period_certificate (
    entity text NOT NULL,
    period char(7) NOT NULL,
    revision int NOT NULL CHECK (revision > 0),
    content_hash char(64) NOT NULL,
    content text NOT NULL,
    equal boolean NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (entity, period, revision)
);

CREATE FUNCTION refuse_certificate_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'integrity_constraint_violation',
        CONSTRAINT = 'period_certificate_is_immutable',
        MESSAGE = 'certificate ' || OLD.entity || ' ' || OLD.period || ' is never changed';
END
$$;

CREATE TRIGGER period_certificate_is_immutable
BEFORE UPDATE OR DELETE ON period_certificate
FOR EACH ROW EXECUTE FUNCTION refuse_certificate_edit();

-- What the approver saw beside the journals: the certificate of the unit they were built from.
ALTER TABLE approval_request ADD COLUMN certificates jsonb NOT NULL DEFAULT '{}';
ALTER TABLE approval ADD COLUMN certificate_hash text NOT NULL DEFAULT '';

-- The same answer counts once while it stands; a voided one may be given anew.
ALTER TABLE approval DROP CONSTRAINT approval_once;
CREATE UNIQUE INDEX approval_once
ON approval (external_id, content_hash, decided_by, list_hash, certificate_hash)
WHERE voided_at IS NULL;
