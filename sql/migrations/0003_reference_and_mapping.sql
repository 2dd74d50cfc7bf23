-- Master data as the systems of record state it, and the versions of mappings and policies.

CREATE TABLE reference_snapshot (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    taken_at timestamptz NOT NULL,
    object_count int NOT NULL,
    added_count int NOT NULL,
    changed_count int NOT NULL,
    closed_count int NOT NULL,
    missing_count int NOT NULL
);

CREATE TABLE reference_object (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    ref text NOT NULL,
    name text NOT NULL DEFAULT '',
    active boolean NOT NULL,
    missing boolean NOT NULL DEFAULT FALSE,
    parent_code text NOT NULL DEFAULT '',
    entities text [] NOT NULL DEFAULT '{}',
    fields jsonb NOT NULL DEFAULT '{}',
    known_from timestamptz NOT NULL,
    known_to timestamptz NOT NULL DEFAULT 'infinity',
    CHECK (known_from < known_to)
);

CREATE UNIQUE INDEX reference_object_known_once
ON reference_object (source, kind, code) WHERE known_to = 'infinity';

CREATE TABLE ledger_period (
    ledger text NOT NULL,
    code char(7) NOT NULL,
    ref text NOT NULL,
    name text NOT NULL,
    starts date NOT NULL,
    ends date NOT NULL,
    closed boolean NOT NULL,
    locked boolean NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (ledger, code)
);

CREATE TABLE mapping_row (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name text NOT NULL,
    natural_key text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    content jsonb NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL DEFAULT 'infinity',
    state text NOT NULL DEFAULT 'proposed' CHECK (
        state IN ('proposed', 'active', 'rejected', 'retired')
    ),
    author text NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    known_from timestamptz,
    known_to timestamptz NOT NULL DEFAULT 'infinity',
    CONSTRAINT mapping_row_version_once UNIQUE (table_name, natural_key, version),
    CONSTRAINT mapping_row_needs_another_person CHECK (decided_by <> author),
    CONSTRAINT mapping_row_active_is_decided CHECK (
        state <> 'active' OR (decided_by <> '' AND known_from IS NOT NULL)
    )
);

CREATE UNIQUE INDEX mapping_row_active_once
ON mapping_row (table_name, natural_key) WHERE state = 'active';
