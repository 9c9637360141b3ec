-- Holds, exports, erasures and rounds of retention; the migration of the same name gives out the rights on them.

CREATE TABLE holds (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    reach text NOT NULL,
    order_id uuid,
    digests jsonb NOT NULL,
    reason text NOT NULL,
    placed_at timestamptz NOT NULL,
    placed_by text NOT NULL,
    released_at timestamptz,
    released_by text,
    release_reason text,
    CONSTRAINT pk_holds PRIMARY KEY (storefront_id, id),
    CONSTRAINT ck_holds_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_holds_reach CHECK (reach IN ('order', 'customer', 'storefront'))
);
CREATE INDEX ix_holds_standing ON holds (storefront_id, mode) WHERE released_at IS NULL;

CREATE TABLE exports (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    status text NOT NULL,
    person jsonb,
    digests jsonb NOT NULL,
    order_ids jsonb NOT NULL,
    content bytea,
    size bigint,
    sha256 text,
    requested_at timestamptz NOT NULL,
    requested_by text NOT NULL,
    made_at timestamptz,
    expires_at timestamptz,
    CONSTRAINT pk_exports PRIMARY KEY (storefront_id, id),
    CONSTRAINT ck_exports_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_exports_status CHECK (status IN ('requested', 'ready', 'expired'))
);
CREATE INDEX ix_exports_kept ON exports (storefront_id, mode, expires_at) WHERE status <> 'expired';

CREATE TABLE erasures (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    status text NOT NULL,
    person jsonb,
    order_id uuid,
    after uuid NOT NULL,
    held jsonb NOT NULL,
    erased jsonb NOT NULL,
    kept jsonb NOT NULL,
    requested_at timestamptz NOT NULL,
    requested_by text NOT NULL,
    finished_at timestamptz,
    CONSTRAINT pk_erasures PRIMARY KEY (storefront_id, id),
    CONSTRAINT ck_erasures_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_erasures_status CHECK (status IN ('requested', 'running', 'done', 'partly', 'refused'))
);
CREATE INDEX ix_erasures_held ON erasures (storefront_id, mode) WHERE status IN ('partly', 'refused');

CREATE TABLE erased_orders (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    mode text NOT NULL,
    erasure_id uuid,
    erased_at timestamptz NOT NULL,
    CONSTRAINT pk_erased_orders PRIMARY KEY (storefront_id, order_id)
);

CREATE TABLE retention_runs (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    outcome jsonb NOT NULL,
    started_at timestamptz NOT NULL,
    started_by text NOT NULL,
    finished_at timestamptz,
    CONSTRAINT pk_retention_runs PRIMARY KEY (storefront_id, id),
    CONSTRAINT ck_retention_runs_mode CHECK (mode IN ('live', 'test'))
);
CREATE UNIQUE INDEX uq_retention_runs_open ON retention_runs (storefront_id, mode) WHERE finished_at IS NULL;

CREATE TABLE retention_marks (
    storefront_id uuid NOT NULL,
    mode text NOT NULL,
    kind text NOT NULL,
    order_id uuid NOT NULL,
    CONSTRAINT pk_retention_marks PRIMARY KEY (storefront_id, mode, kind),
    CONSTRAINT ck_retention_marks_mode CHECK (mode IN ('live', 'test'))
);
