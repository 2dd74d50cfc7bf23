-- Who approved what they saw, and each attempt to post it.

CREATE TABLE approval_request (
    request_key text PRIMARY KEY,
    entity text NOT NULL,
    period char(7) NOT NULL,
    list_hash char(64) NOT NULL,
    journals jsonb NOT NULL,
    approvers text [] NOT NULL,
    asked_at timestamptz NOT NULL
);

CREATE TABLE approval (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    external_id varchar(40) NOT NULL REFERENCES journal (external_id),
    content_hash char(64) NOT NULL,
    list_hash char(64) NOT NULL,
    decision text NOT NULL CHECK (decision IN ('approved', 'rejected')),
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    comment text NOT NULL DEFAULT '',
    voided_at timestamptz,
    void_reason text NOT NULL DEFAULT '',
    CONSTRAINT approval_once UNIQUE (external_id, content_hash, decided_by, list_hash)
);

CREATE FUNCTION refuse_maker_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.decision = 'approved' AND EXISTS (
        SELECT 1 FROM journal
        WHERE external_id = NEW.external_id
          AND (NEW.decided_by = any(makers) OR content_hash <> NEW.content_hash)
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'approval_is_by_a_checker_of_this_content',
            MESSAGE = NEW.decided_by || ' made ' || NEW.external_id
                      || ' or saw other content of it';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER approval_is_by_a_checker_of_this_content
BEFORE INSERT ON approval
FOR EACH ROW EXECUTE FUNCTION refuse_maker_approval();

CREATE TABLE posting_attempt (
    external_id varchar(40) NOT NULL REFERENCES journal (external_id),
    attempt int NOT NULL CHECK (attempt > 0),
    fence bigint NOT NULL,
    content_hash char(64) NOT NULL,
    sent_at timestamptz NOT NULL,
    outcome text CHECK (outcome IN ('posted', 'accepted', 'refused', 'indeterminate')),
    answer text NOT NULL DEFAULT '',
    answered_at timestamptz,
    resolved text CHECK (resolved IN ('posted', 'accepted', 'absent', 'different')),
    resolved_at timestamptz,
    ledger_ref text NOT NULL DEFAULT '',
    PRIMARY KEY (external_id, attempt)
);

-- At most one attempt of a journal may be in the air.
CREATE UNIQUE INDEX posting_attempt_in_flight
ON posting_attempt (external_id)
WHERE outcome IS NULL OR (outcome = 'indeterminate' AND resolved IS NULL);
