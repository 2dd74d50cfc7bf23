-- What all systems say of each active employee, compared; and who released in spite of it.

-- What was taken from a pay run: whom it pays, and what its cost centers cost. No person's pay.
CREATE TABLE payroll_reading (
    unit_key text PRIMARY KEY REFERENCES work_unit (unit_key),
    period char(7) NOT NULL,
    output_sha256 char(64) NOT NULL,
    read_at timestamptz NOT NULL
);

CREATE TABLE payroll_center (
    unit_key text NOT NULL REFERENCES payroll_reading (unit_key),
    entity text NOT NULL,
    provider text NOT NULL,
    cost_center_code text NOT NULL,
    currency char(3) NOT NULL,
    debit_minor bigint NOT NULL,
    people_count int NOT NULL CHECK (people_count >= 0),
    PRIMARY KEY (unit_key, entity, cost_center_code, currency)
);

-- Amounts are empty where too few people stand behind them.
CREATE TABLE alignment_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entity text NOT NULL,
    period char(7) NOT NULL,
    content_hash char(64) NOT NULL,
    taken_at timestamptz NOT NULL,
    confirmed_at timestamptz NOT NULL,
    headcount int NOT NULL,
    aligned_count int NOT NULL,
    differs_count int NOT NULL,
    missing_count int NOT NULL,
    unpaid_count int NOT NULL,
    unknown_count int NOT NULL,
    reasons jsonb NOT NULL,
    pay_at_risk_minor bigint,
    expense_at_risk_minor bigint,
    currency char(3) NOT NULL,
    due_at timestamptz,
    CONSTRAINT alignment_counts_everybody_once
    CHECK (headcount = aligned_count + differs_count + missing_count)
);

CREATE INDEX alignment_run_newest ON alignment_run (period, entity, id);

CREATE TABLE alignment_row (
    run_id bigint NOT NULL REFERENCES alignment_run (id),
    employee_ref text NOT NULL,
    standing text NOT NULL CHECK (standing IN ('aligned', 'differs', 'missing')),
    missing_in text [] NOT NULL,
    differences text [] NOT NULL,
    PRIMARY KEY (run_id, employee_ref)
);

CREATE FUNCTION refuse_partial_alignment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    people bigint;
BEGIN
    SELECT count(*) INTO people FROM alignment_row WHERE run_id = NEW.id;
    IF people <> NEW.headcount THEN
        RAISE EXCEPTION USING
            ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'alignment_holds_everybody_once',
            MESSAGE = NEW.entity || ' has ' || NEW.headcount || ' active employees, '
                      || people || ' are compared';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER alignment_holds_everybody_once
AFTER INSERT ON alignment_run
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION refuse_partial_alignment();

-- A second person's release of an approved journal of an entity under its threshold.
CREATE TABLE readiness_release (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    external_id varchar(40) NOT NULL REFERENCES journal (external_id),
    content_hash char(64) NOT NULL,
    released_by text NOT NULL,
    released_at timestamptz NOT NULL,
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    aligned_count int NOT NULL,
    headcount int NOT NULL,
    threshold_percent numeric NOT NULL,
    CONSTRAINT readiness_release_once UNIQUE (external_id, content_hash)
);

CREATE FUNCTION refuse_release_by_the_first_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM journal
        WHERE external_id = NEW.external_id
          AND (NEW.released_by = any(makers) OR content_hash <> NEW.content_hash)
    ) OR EXISTS (
        SELECT 1 FROM approval
        WHERE external_id = NEW.external_id
          AND decided_by = NEW.released_by
          AND voided_at IS NULL
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'readiness_release_is_by_a_second_person',
            MESSAGE = NEW.released_by || ' made or approved ' || NEW.external_id
                      || ', or saw other content of it';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER readiness_release_is_by_a_second_person
BEFORE INSERT ON readiness_release
FOR EACH ROW EXECUTE FUNCTION refuse_release_by_the_first_person();
