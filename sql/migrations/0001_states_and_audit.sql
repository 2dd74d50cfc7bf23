-- Legal transitions, state history, hash-chained audit, roles, outbox and inbox.

CREATE TABLE legal_transition (
    object_kind text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    PRIMARY KEY (object_kind, from_state, to_state)
);

COMMENT ON TABLE legal_transition IS
'The state tables of tieout.finance.states; what is not here is refused.';

CREATE TABLE state_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object_kind text NOT NULL,
    object_key text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    changed_by text NOT NULL,
    reason text NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT state_change_is_legal
    FOREIGN KEY (object_kind, from_state, to_state)
    REFERENCES legal_transition (object_kind, from_state, to_state)
);

CREATE INDEX state_change_object ON state_change (object_kind, object_key, id);

CREATE TABLE audit_event (
    sequence bigint PRIMARY KEY,
    happened_at timestamptz NOT NULL,
    actor text NOT NULL,
    verb text NOT NULL,
    object_kind text NOT NULL,
    object_key text NOT NULL,
    reason text NOT NULL DEFAULT '',
    details jsonb NOT NULL DEFAULT '{}',
    previous_hash char(64) NOT NULL,
    hash char(64) NOT NULL,
    CONSTRAINT audit_hash_once UNIQUE (hash)
);

CREATE TABLE role_grant (
    user_name text NOT NULL,
    role text NOT NULL CHECK (
        role IN ('finance_ops', 'finance_lead', 'controller', 'auditor', 'platform')
    ),
    entities text [] NOT NULL,
    PRIMARY KEY (user_name, role)
);

CREATE TABLE outbox_message (
    message_key text PRIMARY KEY,
    kind text NOT NULL,
    payload_sha256 char(64) NOT NULL,
    sender text NOT NULL,
    recipients text [] NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    attempts int NOT NULL DEFAULT 0,
    last_answer text NOT NULL DEFAULT ''
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'integrity_constraint_violation',
        CONSTRAINT = TG_TABLE_NAME || '_is_append_only',
        MESSAGE = TG_TABLE_NAME || ' is append-only';
END
$$;

CREATE TRIGGER state_change_is_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON state_change
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_event_is_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_illegal_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IS DISTINCT FROM OLD.state AND NOT EXISTS (
        SELECT 1 FROM legal_transition
        WHERE object_kind = TG_ARGV[0]
          AND from_state = OLD.state AND to_state = NEW.state
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'state_change_is_legal',
            MESSAGE = TG_ARGV[0] || ' may not go from ' || OLD.state || ' to ' || NEW.state;
    END IF;
    RETURN NEW;
END
$$;
