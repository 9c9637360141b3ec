-- What people wrote, beside the records; the migration of the same name gives out the rights on it.

CREATE TABLE record_words (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    record_id uuid NOT NULL,
    mode text,
    subject text NOT NULL,
    words jsonb NOT NULL,
    salt bytea,
    written_at timestamptz NOT NULL,
    CONSTRAINT pk_record_words PRIMARY KEY (storefront_id, order_id, record_id)
);
CREATE INDEX ix_record_words_loose ON record_words (storefront_id, mode, written_at) WHERE order_id = storefront_id;
