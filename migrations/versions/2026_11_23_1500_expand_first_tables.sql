-- Every table of the first release; the migration of the same name gives out the rights on them.

CREATE TABLE deadlines (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    kind text NOT NULL,
    dedupe_key text NOT NULL,
    started_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    met_at timestamptz,
    met_by text,
    missed_at timestamptz,
    cancelled_at timestamptz,
    CONSTRAINT pk_deadlines PRIMARY KEY (storefront_id, order_id, id),
    CONSTRAINT uq_deadlines_storefront_id_order_id_dedupe_key UNIQUE (storefront_id, order_id, dedupe_key),
    CONSTRAINT ck_deadlines_mode CHECK (mode IN ('live', 'test'))
);
CREATE INDEX ix_deadlines_running ON deadlines (due_at) WHERE met_at IS NULL AND cancelled_at IS NULL AND missed_at IS NULL;

CREATE TABLE events (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    order_seq integer NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    occurred_at timestamptz NOT NULL,
    snapshot json NOT NULL,
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (storefront_id, order_id, order_seq),
    CONSTRAINT ck_events_mode CHECK (mode IN ('live', 'test'))
);
CREATE INDEX ix_events_storefront_id_id ON events (storefront_id, id);
CREATE INDEX ix_events_storefront_id_mode_xid_sequence ON events (storefront_id, mode, xid, sequence);

CREATE TABLE idempotency_keys (
    storefront_id uuid NOT NULL,
    mode text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint NOT NULL,
    body bytea,
    headers jsonb,
    order_id uuid,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (storefront_id, mode, key)
);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE TABLE orders (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    number text NOT NULL,
    status text NOT NULL,
    on_hold boolean NOT NULL,
    notify boolean NOT NULL,
    received_at timestamptz NOT NULL,
    placed_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    sales_channel text NOT NULL,
    customer_email text,
    customer_phone text,
    customer_name text,
    locale text NOT NULL,
    time_zone text NOT NULL,
    total bigint NOT NULL,
    currency text NOT NULL,
    estimated_from date,
    estimated_to date,
    details jsonb NOT NULL,
    missing jsonb NOT NULL,
    payment_check text NOT NULL,
    stock_check text NOT NULL,
    last_seq integer NOT NULL,
    version integer NOT NULL,
    CONSTRAINT pk_orders PRIMARY KEY (storefront_id, id),
    CONSTRAINT uq_orders_storefront_id_mode_number UNIQUE (storefront_id, mode, number),
    CONSTRAINT ck_orders_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_orders_status CHECK (status IN ('incomplete', 'received', 'processing', 'partially_shipped', 'shipped', 'partially_delivered', 'delivered', 'completed', 'cancelled')),
    CONSTRAINT ck_orders_payment_check CHECK (payment_check IN ('pending', 'passed', 'failed')),
    CONSTRAINT ck_orders_stock_check CHECK (stock_check IN ('pending', 'passed', 'failed'))
);
CREATE INDEX ix_orders_customer_email ON orders (storefront_id, mode, lower(customer_email));
CREATE INDEX ix_orders_customer_phone ON orders (storefront_id, mode, customer_phone);

CREATE TABLE outbox (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    order_id uuid NOT NULL,
    queue text NOT NULL,
    priority smallint NOT NULL,
    lane text NOT NULL,
    order_seq integer NOT NULL,
    due_at timestamptz DEFAULT now() NOT NULL,
    lease_token uuid,
    lease_owner text,
    lost_leases smallint DEFAULT '0' NOT NULL,
    parked_at timestamptz,
    CONSTRAINT pk_outbox PRIMARY KEY (storefront_id, id),
    CONSTRAINT ck_outbox_queue CHECK (queue IN ('email', 'sms', 'push', 'voice'))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, fillfactor = 70);
CREATE INDEX ix_outbox_claim ON outbox (storefront_id, mode, queue, priority, due_at);
CREATE INDEX ix_outbox_order ON outbox (storefront_id, order_id, lane, order_seq);
CREATE INDEX ix_outbox_suspect ON outbox (due_at) WHERE lost_leases > 0;

CREATE TABLE records (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text,
    kind text NOT NULL,
    subject text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    data jsonb NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_records PRIMARY KEY (storefront_id, order_id, id)
);
CREATE INDEX ix_records_storefront_id_xid_id ON records (storefront_id, xid, id);

CREATE TABLE sandbox_messages (
    storefront_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    mode text NOT NULL,
    connection_id uuid NOT NULL,
    connection text NOT NULL,
    message_id text NOT NULL,
    order_id text NOT NULL,
    channel text NOT NULL,
    recipient text NOT NULL,
    subject text,
    text text NOT NULL,
    html text,
    extras jsonb NOT NULL,
    locale text NOT NULL,
    callback_url text NOT NULL,
    answer text NOT NULL,
    reason text,
    received_at timestamptz NOT NULL,
    CONSTRAINT pk_sandbox_messages PRIMARY KEY (storefront_id, attempt_id),
    CONSTRAINT ck_sandbox_messages_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_sandbox_messages_channel CHECK (channel IN ('email', 'sms', 'push', 'voice')),
    CONSTRAINT ck_sandbox_messages_answer CHECK (answer IN ('taken', 'throttled', 'refused'))
);
CREATE INDEX ix_sandbox_messages_received_at ON sandbox_messages (received_at);
CREATE INDEX ix_sandbox_messages_storefront_id_message_id ON sandbox_messages (storefront_id, message_id);

CREATE TABLE storefronts (
    id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    brand jsonb NOT NULL,
    contact jsonb NOT NULL,
    legal jsonb NOT NULL,
    locale text NOT NULL,
    time_zone text NOT NULL,
    currency text NOT NULL,
    sales_channels jsonb NOT NULL,
    calendar jsonb NOT NULL,
    policy jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_storefronts PRIMARY KEY (id),
    CONSTRAINT uq_storefronts_slug UNIQUE (slug)
);

CREATE TABLE suppressions (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    channel text NOT NULL,
    address text NOT NULL,
    reason text NOT NULL,
    source text NOT NULL,
    created_at timestamptz NOT NULL,
    ends_at timestamptz,
    CONSTRAINT pk_suppressions PRIMARY KEY (storefront_id, id),
    CONSTRAINT uq_suppressions_storefront_id_mode_channel_address UNIQUE (storefront_id, mode, channel, address),
    CONSTRAINT ck_suppressions_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_suppressions_channel CHECK (channel IN ('email', 'sms', 'push', 'voice')),
    CONSTRAINT ck_suppressions_reason CHECK (reason IN ('hard_bounce', 'complaint', 'opt_out', 'manual'))
);

CREATE TABLE tasks (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    order_id uuid,
    kind text NOT NULL,
    dedupe_key text NOT NULL,
    status text NOT NULL,
    summary text NOT NULL,
    data jsonb NOT NULL,
    owner text,
    due_at timestamptz,
    opened_at timestamptz NOT NULL,
    outcome text,
    notes text,
    closed_at timestamptz,
    closed_by text,
    CONSTRAINT pk_tasks PRIMARY KEY (storefront_id, id),
    CONSTRAINT ck_tasks_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_tasks_kind CHECK (kind IN ('complete_order', 'check_failed', 'message_dead', 'message_unrenderable', 'message_parked', 'no_connection', 'connection_halted', 'reply_received', 'receipt_overdue')),
    CONSTRAINT ck_tasks_status CHECK (status IN ('open', 'done', 'dropped'))
);
CREATE INDEX ix_tasks_storefront_id_mode_status_opened_at ON tasks (storefront_id, mode, status, opened_at);
CREATE UNIQUE INDEX uq_tasks_open ON tasks (storefront_id, mode, dedupe_key) WHERE status = 'open';

CREATE TABLE api_keys (
    id uuid NOT NULL,
    storefront_id uuid NOT NULL,
    mode text NOT NULL,
    name text NOT NULL,
    hint text NOT NULL,
    digest bytea NOT NULL,
    principal text NOT NULL,
    scopes jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    replaced_by uuid,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT ck_api_keys_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT fk_api_keys_storefront_id FOREIGN KEY (storefront_id) REFERENCES storefronts (id),
    CONSTRAINT uq_api_keys_digest UNIQUE (digest)
);
CREATE INDEX ix_api_keys_storefront_id_created_at ON api_keys (storefront_id, created_at);

CREATE TABLE connections (
    id uuid NOT NULL,
    storefront_id uuid NOT NULL,
    mode text NOT NULL,
    name text NOT NULL,
    channel text NOT NULL,
    provider text NOT NULL,
    priority integer NOT NULL,
    settings jsonb NOT NULL,
    secrets bytea NOT NULL,
    paused_at timestamptz,
    halted_until timestamptz,
    halted_reason text,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT pk_connections PRIMARY KEY (id),
    CONSTRAINT ck_connections_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_connections_channel CHECK (channel IN ('email', 'sms', 'push', 'voice', 'payment', 'stock')),
    CONSTRAINT fk_connections_storefront_id FOREIGN KEY (storefront_id) REFERENCES storefronts (id)
);
CREATE UNIQUE INDEX uq_connections_name ON connections (storefront_id, mode, name) WHERE removed_at IS NULL;

CREATE TABLE messages (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    milestone text NOT NULL,
    subject text NOT NULL,
    dedupe_key text NOT NULL,
    order_seq integer NOT NULL,
    status text NOT NULL,
    reason text,
    priority smallint NOT NULL,
    plan jsonb NOT NULL,
    step smallint NOT NULL,
    channel text NOT NULL,
    recipient text NOT NULL,
    attempts smallint NOT NULL,
    tries smallint NOT NULL,
    refused_by jsonb NOT NULL,
    locale text NOT NULL,
    time_zone text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    sent_at timestamptz,
    delivered_at timestamptz,
    complained_at timestamptz,
    opted_out_at timestamptz,
    receipt_due_at timestamptz,
    receipt_overdue boolean NOT NULL,
    resend_of uuid,
    trace text,
    CONSTRAINT pk_messages PRIMARY KEY (storefront_id, order_id, id),
    CONSTRAINT uq_messages_storefront_id_order_id_dedupe_key UNIQUE (storefront_id, order_id, dedupe_key),
    CONSTRAINT fk_messages_storefront_id_order_id FOREIGN KEY (storefront_id, order_id) REFERENCES orders (storefront_id, id),
    CONSTRAINT ck_messages_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_messages_status CHECK (status IN ('pending', 'sending', 'sent', 'delivered', 'failed', 'superseded', 'suppressed', 'cancelled')),
    CONSTRAINT ck_messages_channel CHECK (channel IN ('email', 'sms', 'push', 'voice'))
);
CREATE INDEX ix_messages_receipt_due ON messages (receipt_due_at) WHERE receipt_due_at IS NOT NULL AND NOT receipt_overdue;
CREATE INDEX ix_messages_storefront_id_mode_id ON messages (storefront_id, mode, id);

CREATE TABLE order_lines (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    line integer NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    quantity integer NOT NULL,
    unit_price bigint NOT NULL,
    tax_rate numeric,
    tax_category text,
    kind text NOT NULL,
    warranty_months integer,
    CONSTRAINT pk_order_lines PRIMARY KEY (storefront_id, order_id, line),
    CONSTRAINT fk_order_lines_storefront_id_order_id FOREIGN KEY (storefront_id, order_id) REFERENCES orders (storefront_id, id),
    CONSTRAINT ck_order_lines_kind CHECK (kind IN ('product', 'service'))
);

CREATE TABLE order_notes (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    actor text NOT NULL,
    text text NOT NULL,
    written_at timestamptz NOT NULL,
    CONSTRAINT pk_order_notes PRIMARY KEY (storefront_id, order_id, id),
    CONSTRAINT fk_order_notes_storefront_id_order_id FOREIGN KEY (storefront_id, order_id) REFERENCES orders (storefront_id, id)
);

CREATE TABLE order_numbers (
    storefront_id uuid NOT NULL,
    mode text NOT NULL,
    last integer NOT NULL,
    CONSTRAINT pk_order_numbers PRIMARY KEY (storefront_id, mode),
    CONSTRAINT ck_order_numbers_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT fk_order_numbers_storefront_id FOREIGN KEY (storefront_id) REFERENCES storefronts (id)
);

CREATE TABLE sandbox_callbacks (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    word text NOT NULL,
    code text,
    reason text,
    said text,
    at timestamptz NOT NULL,
    due_at timestamptz,
    tries smallint DEFAULT '0' NOT NULL,
    posted_at timestamptz,
    answer text,
    CONSTRAINT pk_sandbox_callbacks PRIMARY KEY (storefront_id, id),
    CONSTRAINT fk_sandbox_callbacks_storefront_id_attempt_id FOREIGN KEY (storefront_id, attempt_id) REFERENCES sandbox_messages (storefront_id, attempt_id) ON DELETE CASCADE,
    CONSTRAINT ck_sandbox_callbacks_word CHECK (word IN ('accepted', 'sent', 'ringing', 'delivered', 'answered', 'soft_bounce', 'expired', 'undelivered', 'busy', 'no_answer', 'voicemail', 'hard_bounce', 'spam_report', 'reply', 'opt_out', 'opt_in'))
);
CREATE INDEX ix_sandbox_callbacks_due ON sandbox_callbacks (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_sandbox_callbacks_storefront_id_attempt_id ON sandbox_callbacks (storefront_id, attempt_id);

CREATE TABLE shipments (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    status text NOT NULL,
    carrier text,
    tracking_number text,
    tracking_url text,
    lines jsonb NOT NULL,
    dispatched_at timestamptz NOT NULL,
    delivered_at timestamptz,
    CONSTRAINT pk_shipments PRIMARY KEY (storefront_id, order_id, id),
    CONSTRAINT fk_shipments_storefront_id_order_id FOREIGN KEY (storefront_id, order_id) REFERENCES orders (storefront_id, id),
    CONSTRAINT ck_shipments_status CHECK (status IN ('dispatched', 'in_transit', 'out_for_delivery', 'exception', 'delivered', 'returned'))
);
CREATE INDEX ix_shipments_storefront_id_id ON shipments (storefront_id, id);

CREATE TABLE attempts (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    message_id uuid NOT NULL,
    number smallint NOT NULL,
    connection_id uuid NOT NULL,
    connection text NOT NULL,
    provider text NOT NULL,
    channel text NOT NULL,
    recipient text NOT NULL,
    status text NOT NULL,
    outcome text,
    provider_message_id text,
    error jsonb,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT pk_attempts PRIMARY KEY (storefront_id, id, order_id),
    CONSTRAINT uq_attempts_storefront_id_order_id_message_id_number UNIQUE (storefront_id, order_id, message_id, number),
    CONSTRAINT ck_attempts_status CHECK (status IN ('started', 'uncertain', 'accepted', 'sent', 'deferred', 'failed', 'delivered', 'bounced')),
    CONSTRAINT ck_attempts_channel CHECK (channel IN ('email', 'sms', 'push', 'voice'))
);
CREATE INDEX ix_attempts_provider_message ON attempts (storefront_id, connection_id, provider_message_id) WHERE provider_message_id IS NOT NULL;

CREATE TABLE contents (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    message_id uuid NOT NULL,
    channel text NOT NULL,
    template text NOT NULL,
    version integer NOT NULL,
    locale text NOT NULL,
    subject text,
    text text NOT NULL,
    html text,
    extras jsonb NOT NULL,
    rendered_at timestamptz NOT NULL,
    CONSTRAINT pk_contents PRIMARY KEY (storefront_id, order_id, message_id, channel),
    CONSTRAINT ck_contents_channel CHECK (channel IN ('email', 'sms', 'push', 'voice'))
);

CREATE TABLE inbox (
    storefront_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    event_key text NOT NULL,
    event jsonb NOT NULL,
    attempt_id uuid,
    provider_message_id text,
    received_at timestamptz NOT NULL,
    applied_at timestamptz,
    CONSTRAINT pk_inbox PRIMARY KEY (storefront_id, connection_id, event_key),
    CONSTRAINT fk_inbox_connection_id FOREIGN KEY (connection_id) REFERENCES connections (id)
);
CREATE INDEX ix_inbox_unmatched ON inbox (received_at) WHERE applied_at IS NULL;

CREATE TABLE shipment_events (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    shipment_id uuid NOT NULL,
    status text NOT NULL,
    at timestamptz NOT NULL,
    note text,
    received_at timestamptz NOT NULL,
    CONSTRAINT pk_shipment_events PRIMARY KEY (storefront_id, order_id, id),
    CONSTRAINT fk_shipment_events_storefront_id_order_id_shipment_id FOREIGN KEY (storefront_id, order_id, shipment_id) REFERENCES shipments (storefront_id, order_id, id),
    CONSTRAINT ck_shipment_events_status CHECK (status IN ('dispatched', 'in_transit', 'out_for_delivery', 'exception', 'delivered', 'returned'))
);

CREATE TABLE receipts (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    message_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    status text NOT NULL,
    provider_status text NOT NULL,
    detail jsonb NOT NULL,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    event_key text NOT NULL,
    CONSTRAINT pk_receipts PRIMARY KEY (storefront_id, order_id, id),
    CONSTRAINT uq_receipts_storefront_id_order_id_attempt_id_event_key UNIQUE (storefront_id, order_id, attempt_id, event_key),
    CONSTRAINT fk_receipts_storefront_id_order_id_attempt_id FOREIGN KEY (storefront_id, order_id, attempt_id) REFERENCES attempts (storefront_id, order_id, id),
    CONSTRAINT ck_receipts_status CHECK (status IN ('accepted', 'sent', 'deferred', 'failed', 'delivered', 'bounced', 'complained', 'opted_out'))
);
