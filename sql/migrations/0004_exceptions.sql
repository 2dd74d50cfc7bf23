-- The exception queue: what is held, why, for whom, until when.

CREATE TABLE open_exception (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('critical', 'warning')),
    object_kind text NOT NULL,
    object_key text NOT NULL,
    entity text NOT NULL,
    period char(7) NOT NULL,
    batch text NOT NULL DEFAULT '',
    cause_key text NOT NULL,
    title text NOT NULL,
    blocks text NOT NULL,
    next_step text NOT NULL,
    item_count int NOT NULL CHECK (item_count >= 0),
    at_risk_minor bigint NOT NULL,
    currency text NOT NULL,
    owner_role text NOT NULL,
    due_at timestamptz,
    state text NOT NULL DEFAULT 'open' CHECK (
        state IN ('open', 'assigned', 'fixed', 'released', 'closed', 'waived')
    ),
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_how text NOT NULL DEFAULT ''
);

CREATE UNIQUE INDEX open_exception_once
ON open_exception (object_kind, object_key, code, cause_key)
WHERE state NOT IN ('closed', 'waived');

CREATE INDEX open_exception_queue ON open_exception (period, entity, state);

CREATE TRIGGER open_exception_state
BEFORE UPDATE OF state ON open_exception
FOR EACH ROW EXECUTE FUNCTION refuse_illegal_state('open_exception');
