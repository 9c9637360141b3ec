-- The tables of an order's life; the migration of the same name gives out the rights on them.

CREATE TABLE errands (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    due_at timestamptz NOT NULL,
    tries smallint NOT NULL DEFAULT '0',
    lost_leases smallint NOT NULL DEFAULT '0',
    lease_until timestamptz,
    lease_token uuid,
    parked_at timestamptz,
    CONSTRAINT pk_errands PRIMARY KEY (storefront_id, id),
    CONSTRAINT ck_errands_kind CHECK (kind IN ('check_payment', 'check_stock', 'commit_stock', 'release_stock', 'expire_unpaid', 'close_order', 'review_changes', 'refund_cancelled', 'carry_refund'))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
CREATE INDEX ix_errands_due ON errands (due_at) WHERE parked_at IS NULL;
CREATE INDEX ix_errands_order ON errands (storefront_id, order_id);
CREATE INDEX ix_errands_checks ON errands (storefront_id, mode, kind) WHERE kind IN ('check_payment', 'check_stock');

CREATE TABLE issues (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    status text NOT NULL,
    details text,
    next_steps text,
    is_told boolean NOT NULL,
    owner text,
    due_at timestamptz,
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    escalated_at timestamptz,
    resolution text,
    resolved_at timestamptz,
    resolved_by text,
    CONSTRAINT pk_issues PRIMARY KEY (storefront_id, order_id, id),
    CONSTRAINT fk_issues_storefront_id_order_id FOREIGN KEY (storefront_id, order_id) REFERENCES orders (storefront_id, id),
    CONSTRAINT ck_issues_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_issues_kind CHECK (kind IN ('payment_error', 'out_of_stock', 'address_problem', 'delivery_exception', 'other')),
    CONSTRAINT ck_issues_status CHECK (status IN ('open', 'resolved'))
);
CREATE INDEX ix_issues_id ON issues (storefront_id, id);
CREATE INDEX ix_issues_due ON issues (due_at) WHERE status = 'open' AND escalated_at IS NULL;
CREATE INDEX ix_issues_storefront_id_mode_status_opened_at ON issues (storefront_id, mode, status, opened_at);
CREATE UNIQUE INDEX uq_issues_open ON issues (storefront_id, order_id, kind, about) WHERE status = 'open';

CREATE TABLE stock (
    storefront_id uuid NOT NULL,
    mode text NOT NULL,
    sku text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    reserved bigint NOT NULL,
    is_discontinued boolean NOT NULL,
    unit_price bigint,
    currency text,
    version integer NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_stock PRIMARY KEY (storefront_id, mode, sku),
    CONSTRAINT ck_stock_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_stock_no_oversell CHECK (reserved >= 0 AND on_hand >= reserved)
);

CREATE TABLE stock_reservations (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    sku text COLLATE "C" NOT NULL,
    mode text NOT NULL,
    quantity bigint NOT NULL,
    committed bigint NOT NULL,
    status text NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_stock_reservations PRIMARY KEY (storefront_id, order_id, sku),
    CONSTRAINT ck_stock_reservations_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_stock_reservations_status CHECK (status IN ('held', 'committed', 'released'))
);
CREATE INDEX ix_stock_reservations_sku ON stock_reservations (storefront_id, mode, sku) WHERE status = 'held';

CREATE TABLE stock_movements (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    sku text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    quantity bigint NOT NULL,
    order_id uuid,
    reason text,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_stock_movements PRIMARY KEY (storefront_id, id),
    CONSTRAINT ck_stock_movements_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_stock_movements_kind CHECK (kind IN ('received', 'counted', 'reserved', 'released', 'committed', 'returned'))
);
CREATE INDEX ix_stock_movements_storefront_id_mode_sku_id ON stock_movements (storefront_id, mode, sku, id);

CREATE TABLE change_requests (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    reason text,
    changes jsonb NOT NULL,
    parts jsonb NOT NULL,
    requested_by text NOT NULL,
    via text NOT NULL,
    actor text NOT NULL,
    principal text NOT NULL,
    requested_at timestamptz NOT NULL,
    acknowledge_due_at timestamptz NOT NULL,
    decide_due_at timestamptz NOT NULL,
    notify_due_at timestamptz NOT NULL,
    policy_version integer NOT NULL,
    rule text NOT NULL,
    needs_approvals smallint NOT NULL,
    decided_at timestamptz,
    decided_by text,
    decision_reason text,
    refund_id uuid,
    price_change bigint,
    CONSTRAINT pk_change_requests PRIMARY KEY (storefront_id, order_id, id),
    CONSTRAINT fk_change_requests_storefront_id_order_id FOREIGN KEY (storefront_id, order_id) REFERENCES orders (storefront_id, id),
    CONSTRAINT ck_change_requests_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_change_requests_kind CHECK (kind IN ('cancellation', 'modification')),
    CONSTRAINT ck_change_requests_status CHECK (status IN ('pending', 'declined', 'withdrawn', 'lapsed', 'carried_out')),
    CONSTRAINT ck_change_requests_requested_by CHECK (requested_by IN ('customer', 'staff')),
    CONSTRAINT ck_change_requests_via CHECK (via IN ('api', 'email', 'phone', 'page'))
);
CREATE INDEX ix_change_requests_id ON change_requests (storefront_id, id);
CREATE INDEX ix_change_requests_storefront_id_mode_status_requested_at ON change_requests (storefront_id, mode, status, requested_at);

CREATE TABLE approvals (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    request_id uuid NOT NULL,
    actor text NOT NULL,
    principal text NOT NULL,
    outcome text NOT NULL,
    reason text,
    refund bigint,
    policy_version integer NOT NULL,
    rule text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_approvals PRIMARY KEY (storefront_id, order_id, id),
    CONSTRAINT uq_approvals_storefront_id_order_id_request_id_actor UNIQUE (storefront_id, order_id, request_id, actor),
    CONSTRAINT fk_approvals_storefront_id_order_id_request_id FOREIGN KEY (storefront_id, order_id, request_id) REFERENCES change_requests (storefront_id, order_id, id),
    CONSTRAINT ck_approvals_outcome CHECK (outcome IN ('approved', 'declined'))
);

CREATE TABLE refunds (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    request_id uuid,
    amount bigint NOT NULL,
    currency text NOT NULL,
    status text NOT NULL,
    method text NOT NULL,
    reason text,
    provider_refund_id text,
    reference text,
    failure text,
    requested_at timestamptz NOT NULL,
    requested_by text NOT NULL,
    settled_at timestamptz,
    settled_by text,
    CONSTRAINT pk_refunds PRIMARY KEY (storefront_id, order_id, id),
    CONSTRAINT fk_refunds_storefront_id_order_id FOREIGN KEY (storefront_id, order_id) REFERENCES orders (storefront_id, id),
    CONSTRAINT ck_refunds_amount CHECK (amount > 0),
    CONSTRAINT ck_refunds_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_refunds_status CHECK (status IN ('requested', 'pending', 'succeeded', 'failed')),
    CONSTRAINT ck_refunds_method CHECK (method IN ('provider', 'manual'))
);
CREATE INDEX ix_refunds_id ON refunds (storefront_id, id);
CREATE INDEX ix_refunds_storefront_id_mode_status_requested_at ON refunds (storefront_id, mode, status, requested_at);
CREATE UNIQUE INDEX uq_refunds_request ON refunds (storefront_id, order_id, coalesce(request_id, order_id));

CREATE TABLE rule_books (
    storefront_id uuid NOT NULL,
    version integer NOT NULL,
    time_zone text NOT NULL,
    calendar jsonb NOT NULL,
    policy jsonb NOT NULL,
    from_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT pk_rule_books PRIMARY KEY (storefront_id, version),
    CONSTRAINT fk_rule_books_storefront_id FOREIGN KEY (storefront_id) REFERENCES storefronts (id)
);

CREATE TABLE communications (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    channel text NOT NULL,
    direction text NOT NULL,
    summary text NOT NULL,
    fulfils text,
    subject text,
    contents jsonb NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    logged_at timestamptz NOT NULL,
    CONSTRAINT pk_communications PRIMARY KEY (storefront_id, order_id, id),
    CONSTRAINT fk_communications_storefront_id_order_id FOREIGN KEY (storefront_id, order_id) REFERENCES orders (storefront_id, id),
    CONSTRAINT ck_communications_direction CHECK (direction IN ('inbound', 'outbound'))
);
