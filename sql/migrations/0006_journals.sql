-- Journals, their lines, their sources, and the proof that nothing is missing.

CREATE TABLE journal (
    external_id varchar(40) PRIMARY KEY CHECK (external_id ~ '^[A-Z0-9_-]+$'),
    journal_key text NOT NULL UNIQUE,
    entity text NOT NULL,
    kind text NOT NULL,
    period char(7) NOT NULL,
    batch text NOT NULL,
    revision int NOT NULL CHECK (revision > 0),
    part int NOT NULL CHECK (part > 0),
    unit_key text NOT NULL REFERENCES work_unit (unit_key),
    accounting_date date NOT NULL,
    currency char(3) NOT NULL,
    memo text NOT NULL,
    debit_minor bigint NOT NULL CHECK (debit_minor >= 0),
    line_count int NOT NULL CHECK (line_count > 0),
    content_hash char(64) NOT NULL,
    content text NOT NULL,
    correlation_id uuid NOT NULL,
    makers text [] NOT NULL,
    state text NOT NULL DEFAULT 'draft',
    state_reason text NOT NULL DEFAULT '',
    ledger_ref text NOT NULL DEFAULT '',
    ledger_number text NOT NULL DEFAULT '',
    lease_holder text NOT NULL DEFAULT '',
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    built_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE INDEX journal_period ON journal (period, entity, state);

CREATE TRIGGER journal_state
BEFORE UPDATE OF state ON journal
FOR EACH ROW EXECUTE FUNCTION refuse_illegal_state('journal');

CREATE FUNCTION refuse_journal_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.content_hash <> OLD.content_hash OR NEW.content <> OLD.content THEN
        RAISE EXCEPTION USING
            ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'journal_content_is_immutable',
            MESSAGE = 'journal ' || OLD.external_id || ' is never edited';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER journal_content_is_immutable
BEFORE UPDATE ON journal
FOR EACH ROW EXECUTE FUNCTION refuse_journal_edit();

CREATE TABLE journal_line (
    external_id varchar(40) NOT NULL REFERENCES journal (external_id),
    line_number int NOT NULL CHECK (line_number > 0),
    account text NOT NULL,
    cost_center text NOT NULL DEFAULT '',
    project text NOT NULL DEFAULT '',
    component_class text NOT NULL,
    amount_minor bigint NOT NULL,
    description text NOT NULL,
    people_count int NOT NULL DEFAULT 0,
    PRIMARY KEY (external_id, line_number)
);

CREATE FUNCTION refuse_unbalanced_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    residual numeric;
    lines bigint;
    wanted int;
BEGIN
    SELECT coalesce(sum(amount_minor), 0), count(*) INTO residual, lines
    FROM journal_line WHERE external_id = NEW.external_id;
    SELECT line_count INTO wanted FROM journal WHERE external_id = NEW.external_id;
    IF residual <> 0 OR lines <> wanted THEN
        RAISE EXCEPTION USING
            ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'journal_is_balanced',
            MESSAGE = 'journal ' || NEW.external_id || ' is off by ' || residual
                      || ' with ' || lines || ' of ' || wanted || ' lines';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER journal_is_balanced
AFTER INSERT ON journal
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_journal();

CREATE TABLE lineage (
    external_id varchar(40) NOT NULL,
    line_number int NOT NULL,
    document char(64) NOT NULL REFERENCES source_document (sha256),
    source_lines int [] NOT NULL,
    amount_minor bigint NOT NULL,
    PRIMARY KEY (external_id, line_number, document),
    FOREIGN KEY (external_id, line_number) REFERENCES journal_line (external_id, line_number)
);

CREATE INDEX lineage_document ON lineage (document);

-- Where each source line of a document ended: exactly one state for each.
CREATE TABLE disposition (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document char(64) NOT NULL REFERENCES source_document (sha256),
    unit_key text NOT NULL REFERENCES work_unit (unit_key),
    state text NOT NULL CHECK (state IN ('built', 'held', 'excluded', 'carried_over')),
    reason text NOT NULL,
    external_id varchar(40) REFERENCES journal (external_id),
    source_lines int [] NOT NULL,
    debit_minor bigint NOT NULL,
    credit_minor bigint NOT NULL,
    CHECK ((state = 'built') = (external_id IS NOT NULL))
);

CREATE INDEX disposition_document ON disposition (document);
CREATE INDEX disposition_unit ON disposition (unit_key);

CREATE TABLE completeness_certificate (
    document char(64) NOT NULL REFERENCES source_document (sha256),
    unit_key text NOT NULL REFERENCES work_unit (unit_key),
    revision int NOT NULL,
    origin text NOT NULL,
    currency char(3) NOT NULL,
    in_count int NOT NULL,
    in_debit_minor bigint NOT NULL,
    in_credit_minor bigint NOT NULL,
    built_count int NOT NULL,
    held_count int NOT NULL,
    excluded_count int NOT NULL,
    carried_count int NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (document, unit_key, revision),
    CONSTRAINT certificate_counts_add_up
    CHECK (in_count = built_count + held_count + excluded_count + carried_count)
);

CREATE FUNCTION refuse_incomplete_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines bigint;
    distinct_lines bigint;
    lowest int;
    highest int;
    debit numeric;
    credit numeric;
BEGIN
    SELECT count(*), count(DISTINCT line), min(line), max(line)
    INTO lines, distinct_lines, lowest, highest
    FROM disposition, unnest(source_lines) AS line
    WHERE document = NEW.document;
    SELECT coalesce(sum(debit_minor), 0), coalesce(sum(credit_minor), 0) INTO debit, credit
    FROM disposition WHERE document = NEW.document;
    IF lines <> NEW.in_count OR distinct_lines <> lines
       OR (lines > 0 AND (lowest <> 1 OR highest <> NEW.in_count))
       OR debit <> NEW.in_debit_minor OR credit <> NEW.in_credit_minor THEN
        RAISE EXCEPTION USING
            ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'certificate_equals_document',
            MESSAGE = 'document ' || NEW.document || ': ' || NEW.in_count || ' lines in, '
                      || distinct_lines || ' of ' || lines || ' disposed; debit '
                      || NEW.in_debit_minor || ' in, ' || debit || ' disposed; credit '
                      || NEW.in_credit_minor || ' in, ' || credit || ' disposed';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER certificate_equals_document
AFTER INSERT ON completeness_certificate
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION refuse_incomplete_certificate();

-- What the sources of a journal sum to by class, before any split or summary.
CREATE TABLE source_total (
    external_id varchar(40) NOT NULL REFERENCES journal (external_id),
    component_class text NOT NULL,
    amount_minor bigint NOT NULL,
    PRIMARY KEY (external_id, component_class)
);
