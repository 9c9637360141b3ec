-- Completion documents; the migration of the same name gives out the rights on them.

CREATE TABLE documents (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    kind text NOT NULL,
    series text NOT NULL,
    number bigint NOT NULL,
    name text NOT NULL,
    cause text NOT NULL,
    credits uuid,
    replaces uuid,
    locale text NOT NULL,
    currency text NOT NULL,
    net bigint,
    tax bigint,
    gross bigint,
    is_electronic boolean NOT NULL,
    issued_at timestamptz NOT NULL,
    issued_by text NOT NULL,
    input jsonb NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (storefront_id, order_id, id),
    CONSTRAINT uq_documents_storefront_id_mode_series_number UNIQUE (storefront_id, mode, series, number),
    CONSTRAINT uq_documents_storefront_id_order_id_kind_cause UNIQUE (storefront_id, order_id, kind, cause),
    CONSTRAINT fk_documents_storefront_id_order_id FOREIGN KEY (storefront_id, order_id) REFERENCES orders (storefront_id, id),
    CONSTRAINT ck_documents_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_documents_kind CHECK (kind IN ('invoice', 'receipt', 'warranty', 'credit_note')),
    CONSTRAINT ck_documents_number CHECK (number > 0),
    CONSTRAINT ck_documents_sums CHECK (net + tax = gross)
);
CREATE INDEX ix_documents_storefront_id_mode_id ON documents (storefront_id, mode, id);
CREATE INDEX ix_documents_storefront_id_mode_kind_id ON documents (storefront_id, mode, kind, id);
CREATE INDEX ix_documents_storefront_id_mode_name ON documents (storefront_id, mode, name);

CREATE TABLE document_files (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    document_id uuid NOT NULL,
    media_type text NOT NULL,
    size integer NOT NULL,
    sha256 bytea NOT NULL,
    store text NOT NULL,
    content bytea,
    made_at timestamptz NOT NULL,
    CONSTRAINT pk_document_files PRIMARY KEY (storefront_id, order_id, document_id),
    CONSTRAINT fk_document_files_storefront_id_order_id_document_id FOREIGN KEY (storefront_id, order_id, document_id) REFERENCES documents (storefront_id, order_id, id),
    CONSTRAINT ck_document_files_sha256 CHECK (length(sha256) = 32),
    CONSTRAINT ck_document_files_content CHECK ((content IS NOT NULL) = (store = 'database'))
);
-- A PDF is packed already: to try again costs time and gains nothing.
ALTER TABLE document_files ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE document_series (
    storefront_id uuid NOT NULL,
    mode text NOT NULL,
    series text NOT NULL,
    last bigint NOT NULL,
    CONSTRAINT pk_document_series PRIMARY KEY (storefront_id, mode, series),
    CONSTRAINT ck_document_series_mode CHECK (mode IN ('live', 'test'))
) WITH (fillfactor = 50);

CREATE TABLE sandbox_attachments (
    storefront_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    place smallint NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT pk_sandbox_attachments PRIMARY KEY (storefront_id, attempt_id, place),
    CONSTRAINT fk_sandbox_attachments_storefront_id_attempt_id FOREIGN KEY (storefront_id, attempt_id) REFERENCES sandbox_messages (storefront_id, attempt_id) ON DELETE CASCADE
);
