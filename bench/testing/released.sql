--
-- PostgreSQL database dump
--


-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.0

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: commerce; Type: SCHEMA; Schema: -; Owner: platen_site_owner
--

CREATE SCHEMA commerce;


ALTER SCHEMA commerce OWNER TO platen_site_owner;

--
-- Name: identity; Type: SCHEMA; Schema: -; Owner: platen_site_owner
--

CREATE SCHEMA identity;


ALTER SCHEMA identity OWNER TO platen_site_owner;

--
-- Name: outbox; Type: SCHEMA; Schema: -; Owner: platen_site_owner
--

CREATE SCHEMA outbox;


ALTER SCHEMA outbox OWNER TO platen_site_owner;

--
-- Name: platform; Type: SCHEMA; Schema: -; Owner: platen_site_owner
--

CREATE SCHEMA platform;


ALTER SCHEMA platform OWNER TO platen_site_owner;

--
-- Name: refuse_ledger_change(); Type: FUNCTION; Schema: commerce; Owner: platen_site_owner
--

CREATE FUNCTION commerce.refuse_ledger_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'the stock ledger is append-only: write an opposite movement instead'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'stock_movements_append_only';
END
$$;


ALTER FUNCTION commerce.refuse_ledger_change() OWNER TO platen_site_owner;

--
-- Name: refuse_audit_change(); Type: FUNCTION; Schema: identity; Owner: platen_site_owner
--

CREATE FUNCTION identity.refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are never changed or deleted' USING ERRCODE = 'insufficient_privilege';
END $$;


ALTER FUNCTION identity.refuse_audit_change() OWNER TO platen_site_owner;

--
-- Name: has_pending_deliveries(); Type: FUNCTION; Schema: outbox; Owner: platen_site_owner
--

CREATE FUNCTION outbox.has_pending_deliveries() RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
declare
  scope text := current_setting('app.operator', true);
  found_any boolean;
begin
  perform set_config('app.operator', 'on', true);
  found_any := exists (select from outbox.events where distributed_at is null)
    or exists (
      select from outbox.deliveries
      where state = 'pending' and next_attempt_at <= clock_timestamp() and (leased_until is null or leased_until <= clock_timestamp())
    );
  perform set_config('app.operator', coalesce(scope, ''), true);
  return found_any;
end
$$;


ALTER FUNCTION outbox.has_pending_deliveries() OWNER TO platen_site_owner;

--
-- Name: grant_to(text[], text, text); Type: FUNCTION; Schema: platform; Owner: platen_site_owner
--

CREATE FUNCTION platform.grant_to(roles text[], privileges text, object text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
declare
  member text;
begin
  foreach member in array roles loop
    continue when current_user = 'platen_owner' and starts_with(member, 'platen_site_');
    continue when current_user = 'platen_site_owner' and not starts_with(member, 'platen_site_');
    if exists (select from pg_roles where rolname = member) then
      execute format('grant %s on %s to %I', privileges, object, member);
    end if;
  end loop;
end
$$;


ALTER FUNCTION platform.grant_to(roles text[], privileges text, object text) OWNER TO platen_site_owner;

--
-- Name: isolate_tenants(regclass); Type: FUNCTION; Schema: platform; Owner: platen_site_owner
--

CREATE FUNCTION platform.isolate_tenants(relation regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
begin
  execute format('alter table %s enable row level security, force row level security', relation);
  execute format(
    'create policy tenant_isolation on %s
       using (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid or current_setting(''app.operator'', true) = ''on'')
       with check (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid or current_setting(''app.operator'', true) = ''on'')',
    relation);
end
$$;


ALTER FUNCTION platform.isolate_tenants(relation regclass) OWNER TO platen_site_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: customers; Type: TABLE; Schema: commerce; Owner: platen_site_owner
--

CREATE TABLE commerce.customers (
    id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    email text,
    phone text,
    siren text,
    siret text,
    vat_number text,
    billing_address jsonb,
    delivery_address jsonb,
    payment_term_days integer NOT NULL,
    search_text text NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT customers_kind_check CHECK ((kind = ANY (ARRAY['company'::text, 'person'::text]))),
    CONSTRAINT customers_payment_term_check CHECK (((payment_term_days >= 0) AND (payment_term_days <= 365))),
    CONSTRAINT customers_person_check CHECK (((kind = 'company'::text) OR (num_nonnulls(siren, siret, vat_number) = 0))),
    CONSTRAINT customers_siren_check CHECK ((siren ~ '^[0-9]{9}$'::text)),
    CONSTRAINT customers_siret_check CHECK ((siret ~ '^[0-9]{14}$'::text)),
    CONSTRAINT customers_version_check CHECK ((version > 0))
);


ALTER TABLE commerce.customers OWNER TO platen_site_owner;

--
-- Name: idempotency_keys; Type: TABLE; Schema: commerce; Owner: platen_site_owner
--

CREATE TABLE commerce.idempotency_keys (
    actor_id text NOT NULL,
    key text NOT NULL,
    request_digest text NOT NULL,
    response_status integer NOT NULL,
    response_body text NOT NULL,
    created_at timestamp with time zone NOT NULL
);


ALTER TABLE commerce.idempotency_keys OWNER TO platen_site_owner;

--
-- Name: order_lines; Type: TABLE; Schema: commerce; Owner: platen_site_owner
--

CREATE TABLE commerce.order_lines (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    "position" integer NOT NULL,
    product_id uuid NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    description text,
    quantity numeric(13,4) NOT NULL,
    unit text NOT NULL,
    unit_price numeric(15,6) NOT NULL,
    discount_percent numeric(5,2),
    net_cents bigint NOT NULL,
    vat_category text NOT NULL,
    vat_rate numeric(5,2) NOT NULL,
    CONSTRAINT order_lines_discount_check CHECK (((discount_percent >= (0)::numeric) AND (discount_percent <= (100)::numeric))),
    CONSTRAINT order_lines_kind_check CHECK ((kind = ANY (ARRAY['goods'::text, 'service'::text]))),
    CONSTRAINT order_lines_quantity_check CHECK ((quantity > (0)::numeric)),
    CONSTRAINT order_lines_unit_price_check CHECK ((unit_price >= (0)::numeric)),
    CONSTRAINT order_lines_vat_check CHECK ((((vat_rate >= (0)::numeric) AND (vat_rate <= (100)::numeric)) AND ((vat_category = 'S'::text) = (vat_rate > (0)::numeric))))
);


ALTER TABLE commerce.order_lines OWNER TO platen_site_owner;

--
-- Name: order_numbers; Type: SEQUENCE; Schema: commerce; Owner: platen_site_owner
--

CREATE SEQUENCE commerce.order_numbers
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER SEQUENCE commerce.order_numbers OWNER TO platen_site_owner;

--
-- Name: order_vat_rows; Type: TABLE; Schema: commerce; Owner: platen_site_owner
--

CREATE TABLE commerce.order_vat_rows (
    order_id uuid NOT NULL,
    vat_category text NOT NULL,
    vat_rate numeric(5,2) NOT NULL,
    discount_cents bigint NOT NULL,
    base_cents bigint NOT NULL,
    amount_cents bigint NOT NULL,
    CONSTRAINT order_vat_rows_amount_check CHECK (((amount_cents)::numeric = round((((base_cents)::numeric * vat_rate) / (100)::numeric))))
);


ALTER TABLE commerce.order_vat_rows OWNER TO platen_site_owner;

--
-- Name: orders; Type: TABLE; Schema: commerce; Owner: platen_site_owner
--

CREATE TABLE commerce.orders (
    id uuid NOT NULL,
    number text,
    state text NOT NULL,
    customer_id uuid NOT NULL,
    customer jsonb NOT NULL,
    currency text NOT NULL,
    discount_percent numeric(5,2),
    discount_amount_cents bigint,
    note text,
    lines_net_cents bigint NOT NULL,
    discount_cents bigint NOT NULL,
    net_cents bigint NOT NULL,
    vat_total_cents bigint NOT NULL,
    gross_cents bigint NOT NULL,
    search_text text NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    submitted_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    cancellation_reason text,
    CONSTRAINT orders_cancelled_check CHECK (((state = 'cancelled'::text) = (cancelled_at IS NOT NULL))),
    CONSTRAINT orders_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT orders_customer_check CHECK ((jsonb_typeof(customer) = 'object'::text)),
    CONSTRAINT orders_discount_check CHECK ((num_nonnulls(discount_percent, discount_amount_cents) <= 1)),
    CONSTRAINT orders_draft_check CHECK (((state <> 'draft'::text) OR ((submitted_at IS NULL) AND (cancelled_at IS NULL)))),
    CONSTRAINT orders_gross_check CHECK ((gross_cents = (net_cents + vat_total_cents))),
    CONSTRAINT orders_net_check CHECK ((net_cents = (lines_net_cents - discount_cents))),
    CONSTRAINT orders_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'cancelled'::text]))),
    CONSTRAINT orders_state_submitted_check CHECK (((state <> 'submitted'::text) OR ((submitted_at IS NOT NULL) AND (cancelled_at IS NULL)))),
    CONSTRAINT orders_submitted_check CHECK (((number IS NULL) = (submitted_at IS NULL))),
    CONSTRAINT orders_version_check CHECK ((version > 0))
);


ALTER TABLE commerce.orders OWNER TO platen_site_owner;

--
-- Name: products; Type: TABLE; Schema: commerce; Owner: platen_site_owner
--

CREATE TABLE commerce.products (
    id uuid NOT NULL,
    sku text NOT NULL,
    sku_key text NOT NULL,
    name text NOT NULL,
    description text,
    kind text NOT NULL,
    unit text NOT NULL,
    vat_category text NOT NULL,
    vat_rate numeric(5,2) NOT NULL,
    unit_price numeric(15,6) NOT NULL,
    currency text NOT NULL,
    barcode text,
    reorder_level numeric(13,4),
    picture_key text,
    picture_content_type text,
    picture_size_bytes bigint,
    picture_width integer,
    picture_height integer,
    search_text text NOT NULL,
    archived_at timestamp with time zone,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT products_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT products_kind_check CHECK ((kind = ANY (ARRAY['goods'::text, 'service'::text]))),
    CONSTRAINT products_picture_check CHECK ((num_nulls(picture_key, picture_content_type, picture_size_bytes, picture_width, picture_height) = ANY (ARRAY[0, 5]))),
    CONSTRAINT products_reorder_level_check CHECK ((reorder_level >= (0)::numeric)),
    CONSTRAINT products_unit_price_check CHECK ((unit_price >= (0)::numeric)),
    CONSTRAINT products_vat_category_check CHECK ((vat_category = ANY (ARRAY['S'::text, 'E'::text, 'AE'::text, 'K'::text, 'G'::text, 'O'::text, 'Z'::text]))),
    CONSTRAINT products_vat_rate_check CHECK ((((vat_rate >= (0)::numeric) AND (vat_rate <= (100)::numeric)) AND ((vat_category = 'S'::text) = (vat_rate > (0)::numeric)))),
    CONSTRAINT products_version_check CHECK ((version > 0))
);


ALTER TABLE commerce.products OWNER TO platen_site_owner;

--
-- Name: stock_balances; Type: TABLE; Schema: commerce; Owner: platen_site_owner
--

CREATE TABLE commerce.stock_balances (
    product_id uuid NOT NULL,
    location_id uuid NOT NULL,
    on_hand numeric(19,4) NOT NULL,
    reserved numeric(19,4) NOT NULL,
    CONSTRAINT stock_balances_reserved_check CHECK (((reserved >= (0)::numeric) AND (reserved <= on_hand)))
);


ALTER TABLE commerce.stock_balances OWNER TO platen_site_owner;

--
-- Name: stock_locations; Type: TABLE; Schema: commerce; Owner: platen_site_owner
--

CREATE TABLE commerce.stock_locations (
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    is_default boolean NOT NULL
);


ALTER TABLE commerce.stock_locations OWNER TO platen_site_owner;

--
-- Name: stock_movements; Type: TABLE; Schema: commerce; Owner: platen_site_owner
--

CREATE TABLE commerce.stock_movements (
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    location_id uuid NOT NULL,
    lot text,
    kind text NOT NULL,
    quantity numeric(13,4) NOT NULL,
    reason text,
    actor_id text NOT NULL,
    actor_label text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT stock_movements_kind_check CHECK ((kind = ANY (ARRAY['receipt'::text, 'adjustment'::text]))),
    CONSTRAINT stock_movements_quantity_check CHECK (((quantity <> (0)::numeric) AND ((kind <> 'receipt'::text) OR (quantity > (0)::numeric))))
);


ALTER TABLE commerce.stock_movements OWNER TO platen_site_owner;

--
-- Name: stock_reservations; Type: TABLE; Schema: commerce; Owner: platen_site_owner
--

CREATE TABLE commerce.stock_reservations (
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    location_id uuid NOT NULL,
    order_id uuid NOT NULL,
    order_line_id uuid NOT NULL,
    quantity numeric(13,4) NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT stock_reservations_ended_check CHECK (((state = 'active'::text) = (ended_at IS NULL))),
    CONSTRAINT stock_reservations_quantity_check CHECK ((quantity > (0)::numeric)),
    CONSTRAINT stock_reservations_state_check CHECK ((state = ANY (ARRAY['active'::text, 'consumed'::text, 'released'::text, 'expired'::text])))
);


ALTER TABLE commerce.stock_reservations OWNER TO platen_site_owner;

--
-- Name: accounts; Type: TABLE; Schema: identity; Owner: platen_site_owner
--

CREATE TABLE identity.accounts (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text,
    operator boolean DEFAULT false NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT accounts_email_folded CHECK ((email = lower(email))),
    CONSTRAINT accounts_state_known CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);


ALTER TABLE identity.accounts OWNER TO platen_site_owner;

--
-- Name: audit_entries; Type: TABLE; Schema: identity; Owner: platen_site_owner
--

CREATE TABLE identity.audit_entries (
    id uuid NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    tenant_id uuid,
    actor_id uuid,
    actor_label text NOT NULL,
    action text NOT NULL,
    resource text NOT NULL,
    resource_id text,
    changes jsonb,
    ip text,
    request_id text,
    operation_id uuid
);

ALTER TABLE ONLY identity.audit_entries FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.audit_entries OWNER TO platen_site_owner;

--
-- Name: refresh_tokens; Type: TABLE; Schema: identity; Owner: platen_site_owner
--

CREATE TABLE identity.refresh_tokens (
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    issued_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone
);


ALTER TABLE identity.refresh_tokens OWNER TO platen_site_owner;

--
-- Name: sessions; Type: TABLE; Schema: identity; Owner: platen_site_owner
--

CREATE TABLE identity.sessions (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    method text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_because text,
    ip text,
    user_agent text,
    CONSTRAINT sessions_method_known CHECK ((method = ANY (ARRAY['password'::text, 'ticket'::text, 'setup'::text])))
);


ALTER TABLE identity.sessions OWNER TO platen_site_owner;

--
-- Name: signing_keys; Type: TABLE; Schema: identity; Owner: platen_site_owner
--

CREATE TABLE identity.signing_keys (
    kid text NOT NULL,
    public_jwk jsonb NOT NULL,
    sealed_private_key text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    retired_at timestamp with time zone
);


ALTER TABLE identity.signing_keys OWNER TO platen_site_owner;

--
-- Name: tickets; Type: TABLE; Schema: identity; Owner: platen_site_owner
--

CREATE TABLE identity.tickets (
    token_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    requested_by text NOT NULL,
    issued_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);


ALTER TABLE identity.tickets OWNER TO platen_site_owner;

--
-- Name: users; Type: TABLE; Schema: identity; Owner: platen_site_owner
--

CREATE TABLE identity.users (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_state_known CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);

ALTER TABLE ONLY identity.users FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.users OWNER TO platen_site_owner;

--
-- Name: aggregates; Type: TABLE; Schema: outbox; Owner: platen_site_owner
--

CREATE TABLE outbox.aggregates (
    tenant_id uuid NOT NULL,
    aggregate_id uuid NOT NULL,
    last_sequence bigint NOT NULL
);

ALTER TABLE ONLY outbox.aggregates FORCE ROW LEVEL SECURITY;


ALTER TABLE outbox.aggregates OWNER TO platen_site_owner;

--
-- Name: deliveries; Type: TABLE; Schema: outbox; Owner: platen_site_owner
--

CREATE TABLE outbox.deliveries (
    event_id uuid NOT NULL,
    handler text NOT NULL,
    tenant_id uuid NOT NULL,
    aggregate_id uuid NOT NULL,
    sequence bigint NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT now() NOT NULL,
    leased_until timestamp with time zone,
    last_error text,
    delivered_at timestamp with time zone,
    CONSTRAINT deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text, 'discarded'::text])))
);

ALTER TABLE ONLY outbox.deliveries FORCE ROW LEVEL SECURITY;


ALTER TABLE outbox.deliveries OWNER TO platen_site_owner;

--
-- Name: events; Type: TABLE; Schema: outbox; Owner: platen_site_owner
--

CREATE TABLE outbox.events (
    id uuid NOT NULL,
    "position" bigint NOT NULL,
    tenant_id uuid NOT NULL,
    type text NOT NULL,
    version integer NOT NULL,
    aggregate text NOT NULL,
    aggregate_id uuid NOT NULL,
    sequence bigint NOT NULL,
    payload jsonb NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() NOT NULL,
    distributed_at timestamp with time zone,
    CONSTRAINT events_payload_check CHECK ((jsonb_typeof(payload) = 'object'::text)),
    CONSTRAINT events_version_check CHECK ((version > 0))
);

ALTER TABLE ONLY outbox.events FORCE ROW LEVEL SECURITY;


ALTER TABLE outbox.events OWNER TO platen_site_owner;

--
-- Name: events_position_seq; Type: SEQUENCE; Schema: outbox; Owner: platen_site_owner
--

ALTER TABLE outbox.events ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outbox.events_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: handlers; Type: TABLE; Schema: outbox; Owner: platen_site_owner
--

CREATE TABLE outbox.handlers (
    name text NOT NULL,
    types text[] NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE outbox.handlers OWNER TO platen_site_owner;

--
-- Name: inbox; Type: TABLE; Schema: outbox; Owner: platen_site_owner
--

CREATE TABLE outbox.inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY outbox.inbox FORCE ROW LEVEL SECURITY;


ALTER TABLE outbox.inbox OWNER TO platen_site_owner;

--
-- Name: migrations; Type: TABLE; Schema: platform; Owner: platen_site_owner
--

CREATE TABLE platform.migrations (
    set_name text NOT NULL,
    file text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone
);


ALTER TABLE platform.migrations OWNER TO platen_site_owner;

--
-- Name: TABLE migrations; Type: COMMENT; Schema: platform; Owner: platen_site_owner
--

COMMENT ON TABLE platform.migrations IS 'Ledger of the migration runner; applied_at is null while a file without transaction runs';


--
-- Data for Name: customers; Type: TABLE DATA; Schema: commerce; Owner: platen_site_owner
--



--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: commerce; Owner: platen_site_owner
--



--
-- Data for Name: order_lines; Type: TABLE DATA; Schema: commerce; Owner: platen_site_owner
--



--
-- Data for Name: order_vat_rows; Type: TABLE DATA; Schema: commerce; Owner: platen_site_owner
--



--
-- Data for Name: orders; Type: TABLE DATA; Schema: commerce; Owner: platen_site_owner
--



--
-- Data for Name: products; Type: TABLE DATA; Schema: commerce; Owner: platen_site_owner
--



--
-- Data for Name: stock_balances; Type: TABLE DATA; Schema: commerce; Owner: platen_site_owner
--



--
-- Data for Name: stock_locations; Type: TABLE DATA; Schema: commerce; Owner: platen_site_owner
--

INSERT INTO commerce.stock_locations VALUES
	('01990000-0000-7000-8000-000000000001', 'MAIN', 'Dépôt principal', true);


--
-- Data for Name: stock_movements; Type: TABLE DATA; Schema: commerce; Owner: platen_site_owner
--



--
-- Data for Name: stock_reservations; Type: TABLE DATA; Schema: commerce; Owner: platen_site_owner
--



--
-- Data for Name: accounts; Type: TABLE DATA; Schema: identity; Owner: platen_site_owner
--



--
-- Data for Name: audit_entries; Type: TABLE DATA; Schema: identity; Owner: platen_site_owner
--



--
-- Data for Name: refresh_tokens; Type: TABLE DATA; Schema: identity; Owner: platen_site_owner
--



--
-- Data for Name: sessions; Type: TABLE DATA; Schema: identity; Owner: platen_site_owner
--



--
-- Data for Name: signing_keys; Type: TABLE DATA; Schema: identity; Owner: platen_site_owner
--



--
-- Data for Name: tickets; Type: TABLE DATA; Schema: identity; Owner: platen_site_owner
--



--
-- Data for Name: users; Type: TABLE DATA; Schema: identity; Owner: platen_site_owner
--



--
-- Data for Name: aggregates; Type: TABLE DATA; Schema: outbox; Owner: platen_site_owner
--



--
-- Data for Name: deliveries; Type: TABLE DATA; Schema: outbox; Owner: platen_site_owner
--



--
-- Data for Name: events; Type: TABLE DATA; Schema: outbox; Owner: platen_site_owner
--



--
-- Data for Name: handlers; Type: TABLE DATA; Schema: outbox; Owner: platen_site_owner
--



--
-- Data for Name: inbox; Type: TABLE DATA; Schema: outbox; Owner: platen_site_owner
--



--
-- Data for Name: migrations; Type: TABLE DATA; Schema: platform; Owner: platen_site_owner
--

INSERT INTO platform.migrations VALUES
	('outbox', '0001_create_outbox.sql', '62a0ff33e8b2c9e6c69100c199e7c5e94f73ac8a4714094ff8031d114fad4986', '2026-11-28 08:49:00.153885+00'),
	('identity', '0001_create_identity.sql', 'bac5985890f3aff4586f83878ad672710fd9536ddf46315c869447568948e587', '2026-11-28 08:49:00.169959+00'),
	('commerce', '0001_create_products.sql', '5451a88321b2d3de824560d636f9115097289862e529c2c20e0526f36d45f915', '2026-11-28 08:49:00.193211+00'),
	('commerce', '0002_create_customers.sql', 'f81776ed13d441f12fa8d0e6a054726b326e3343c957b62314e23d5d4ffbfae4', '2026-11-28 08:49:00.201318+00'),
	('commerce', '0003_create_orders.sql', 'a0e30632dfee800e0dc9ddea5d7e4928b89eabbc132a005dee5b26a6dfcf6535', '2026-11-28 08:49:00.205263+00'),
	('commerce', '0004_create_stock.sql', 'addb0bc555b46913638abc3e574d7a41205c1ea02211723b006d8454b2335708', '2026-11-28 08:49:00.221799+00'),
	('commerce', '0005_create_idempotency_keys.sql', '03a69eced2e79f52494b2530d97c12becd520a8d43181d743d50c4236b14d3a2', '2026-11-28 08:49:00.238768+00');


--
-- Name: order_numbers; Type: SEQUENCE SET; Schema: commerce; Owner: platen_site_owner
--

SELECT pg_catalog.setval('commerce.order_numbers', 1, false);


--
-- Name: events_position_seq; Type: SEQUENCE SET; Schema: outbox; Owner: platen_site_owner
--

SELECT pg_catalog.setval('outbox.events_position_seq', 1, false);


--
-- Name: customers customers_pkey; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (id);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor_id, key);


--
-- Name: order_lines order_lines_pkey; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.order_lines
    ADD CONSTRAINT order_lines_pkey PRIMARY KEY (id);


--
-- Name: order_lines order_lines_position_key; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.order_lines
    ADD CONSTRAINT order_lines_position_key UNIQUE (order_id, "position");


--
-- Name: order_vat_rows order_vat_rows_pkey; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.order_vat_rows
    ADD CONSTRAINT order_vat_rows_pkey PRIMARY KEY (order_id, vat_category, vat_rate);


--
-- Name: orders orders_number_key; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.orders
    ADD CONSTRAINT orders_number_key UNIQUE (number);


--
-- Name: orders orders_pkey; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);


--
-- Name: products products_pkey; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.products
    ADD CONSTRAINT products_pkey PRIMARY KEY (id);


--
-- Name: products products_sku_key; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.products
    ADD CONSTRAINT products_sku_key UNIQUE (sku_key);


--
-- Name: stock_balances stock_balances_pkey; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.stock_balances
    ADD CONSTRAINT stock_balances_pkey PRIMARY KEY (product_id, location_id);


--
-- Name: stock_locations stock_locations_code_key; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.stock_locations
    ADD CONSTRAINT stock_locations_code_key UNIQUE (code);


--
-- Name: stock_locations stock_locations_pkey; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.stock_locations
    ADD CONSTRAINT stock_locations_pkey PRIMARY KEY (id);


--
-- Name: stock_movements stock_movements_pkey; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.stock_movements
    ADD CONSTRAINT stock_movements_pkey PRIMARY KEY (id);


--
-- Name: stock_reservations stock_reservations_pkey; Type: CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.stock_reservations
    ADD CONSTRAINT stock_reservations_pkey PRIMARY KEY (id);


--
-- Name: accounts accounts_email_key; Type: CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.accounts
    ADD CONSTRAINT accounts_email_key UNIQUE (email);


--
-- Name: accounts accounts_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);


--
-- Name: audit_entries audit_entries_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (id);


--
-- Name: refresh_tokens refresh_tokens_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.refresh_tokens
    ADD CONSTRAINT refresh_tokens_pkey PRIMARY KEY (token_hash);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);


--
-- Name: signing_keys signing_keys_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (kid);


--
-- Name: tickets tickets_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.tickets
    ADD CONSTRAINT tickets_pkey PRIMARY KEY (token_hash);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: users users_tenant_account_key; Type: CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.users
    ADD CONSTRAINT users_tenant_account_key UNIQUE (tenant_id, account_id);


--
-- Name: users users_tenant_email_key; Type: CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.users
    ADD CONSTRAINT users_tenant_email_key UNIQUE (tenant_id, email);


--
-- Name: aggregates aggregates_pkey; Type: CONSTRAINT; Schema: outbox; Owner: platen_site_owner
--

ALTER TABLE ONLY outbox.aggregates
    ADD CONSTRAINT aggregates_pkey PRIMARY KEY (tenant_id, aggregate_id);


--
-- Name: deliveries deliveries_pkey; Type: CONSTRAINT; Schema: outbox; Owner: platen_site_owner
--

ALTER TABLE ONLY outbox.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (event_id, handler);


--
-- Name: events events_aggregate_sequence_key; Type: CONSTRAINT; Schema: outbox; Owner: platen_site_owner
--

ALTER TABLE ONLY outbox.events
    ADD CONSTRAINT events_aggregate_sequence_key UNIQUE (tenant_id, aggregate_id, sequence);


--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: outbox; Owner: platen_site_owner
--

ALTER TABLE ONLY outbox.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);


--
-- Name: handlers handlers_pkey; Type: CONSTRAINT; Schema: outbox; Owner: platen_site_owner
--

ALTER TABLE ONLY outbox.handlers
    ADD CONSTRAINT handlers_pkey PRIMARY KEY (name);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: outbox; Owner: platen_site_owner
--

ALTER TABLE ONLY outbox.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, event_id);


--
-- Name: migrations migrations_pkey; Type: CONSTRAINT; Schema: platform; Owner: platen_site_owner
--

ALTER TABLE ONLY platform.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (set_name, file);


--
-- Name: idempotency_keys_created_idx; Type: INDEX; Schema: commerce; Owner: platen_site_owner
--

CREATE INDEX idempotency_keys_created_idx ON commerce.idempotency_keys USING btree (created_at);


--
-- Name: order_lines_product_idx; Type: INDEX; Schema: commerce; Owner: platen_site_owner
--

CREATE INDEX order_lines_product_idx ON commerce.order_lines USING btree (product_id);


--
-- Name: orders_customer_idx; Type: INDEX; Schema: commerce; Owner: platen_site_owner
--

CREATE INDEX orders_customer_idx ON commerce.orders USING btree (customer_id, id);


--
-- Name: orders_state_idx; Type: INDEX; Schema: commerce; Owner: platen_site_owner
--

CREATE INDEX orders_state_idx ON commerce.orders USING btree (state, id);


--
-- Name: stock_locations_default_key; Type: INDEX; Schema: commerce; Owner: platen_site_owner
--

CREATE UNIQUE INDEX stock_locations_default_key ON commerce.stock_locations USING btree (is_default) WHERE is_default;


--
-- Name: stock_movements_product_idx; Type: INDEX; Schema: commerce; Owner: platen_site_owner
--

CREATE INDEX stock_movements_product_idx ON commerce.stock_movements USING btree (product_id, id);


--
-- Name: stock_reservations_active_key; Type: INDEX; Schema: commerce; Owner: platen_site_owner
--

CREATE UNIQUE INDEX stock_reservations_active_key ON commerce.stock_reservations USING btree (order_line_id) WHERE (state = 'active'::text);


--
-- Name: stock_reservations_order_idx; Type: INDEX; Schema: commerce; Owner: platen_site_owner
--

CREATE INDEX stock_reservations_order_idx ON commerce.stock_reservations USING btree (order_id);


--
-- Name: stock_reservations_product_idx; Type: INDEX; Schema: commerce; Owner: platen_site_owner
--

CREATE INDEX stock_reservations_product_idx ON commerce.stock_reservations USING btree (product_id, id) WHERE (state = 'active'::text);


--
-- Name: audit_entries_tenant_at_idx; Type: INDEX; Schema: identity; Owner: platen_site_owner
--

CREATE INDEX audit_entries_tenant_at_idx ON identity.audit_entries USING btree (tenant_id, at DESC);


--
-- Name: refresh_tokens_session_idx; Type: INDEX; Schema: identity; Owner: platen_site_owner
--

CREATE INDEX refresh_tokens_session_idx ON identity.refresh_tokens USING btree (session_id);


--
-- Name: sessions_account_idx; Type: INDEX; Schema: identity; Owner: platen_site_owner
--

CREATE INDEX sessions_account_idx ON identity.sessions USING btree (account_id);


--
-- Name: signing_keys_one_current; Type: INDEX; Schema: identity; Owner: platen_site_owner
--

CREATE UNIQUE INDEX signing_keys_one_current ON identity.signing_keys USING btree ((true)) WHERE (retired_at IS NULL);


--
-- Name: users_account_idx; Type: INDEX; Schema: identity; Owner: platen_site_owner
--

CREATE INDEX users_account_idx ON identity.users USING btree (account_id);


--
-- Name: deliveries_due_idx; Type: INDEX; Schema: outbox; Owner: platen_site_owner
--

CREATE INDEX deliveries_due_idx ON outbox.deliveries USING btree (next_attempt_at) WHERE (state = 'pending'::text);


--
-- Name: deliveries_open_idx; Type: INDEX; Schema: outbox; Owner: platen_site_owner
--

CREATE INDEX deliveries_open_idx ON outbox.deliveries USING btree (handler, tenant_id, aggregate_id, sequence) WHERE (state = ANY (ARRAY['pending'::text, 'dead'::text]));


--
-- Name: events_distributed_idx; Type: INDEX; Schema: outbox; Owner: platen_site_owner
--

CREATE INDEX events_distributed_idx ON outbox.events USING btree (distributed_at);


--
-- Name: events_undistributed_idx; Type: INDEX; Schema: outbox; Owner: platen_site_owner
--

CREATE INDEX events_undistributed_idx ON outbox.events USING btree ("position") WHERE (distributed_at IS NULL);


--
-- Name: inbox_received_at_idx; Type: INDEX; Schema: outbox; Owner: platen_site_owner
--

CREATE INDEX inbox_received_at_idx ON outbox.inbox USING btree (received_at);


--
-- Name: stock_movements stock_movements_append_only; Type: TRIGGER; Schema: commerce; Owner: platen_site_owner
--

CREATE TRIGGER stock_movements_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON commerce.stock_movements FOR EACH STATEMENT EXECUTE FUNCTION commerce.refuse_ledger_change();


--
-- Name: audit_entries audit_entries_append_only; Type: TRIGGER; Schema: identity; Owner: platen_site_owner
--

CREATE TRIGGER audit_entries_append_only BEFORE DELETE OR UPDATE ON identity.audit_entries FOR EACH ROW EXECUTE FUNCTION identity.refuse_audit_change();


--
-- Name: audit_entries audit_entries_no_truncate; Type: TRIGGER; Schema: identity; Owner: platen_site_owner
--

CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON identity.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_audit_change();


--
-- Name: order_lines order_lines_order_fkey; Type: FK CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.order_lines
    ADD CONSTRAINT order_lines_order_fkey FOREIGN KEY (order_id) REFERENCES commerce.orders(id);


--
-- Name: order_lines order_lines_product_fkey; Type: FK CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.order_lines
    ADD CONSTRAINT order_lines_product_fkey FOREIGN KEY (product_id) REFERENCES commerce.products(id);


--
-- Name: order_vat_rows order_vat_rows_order_fkey; Type: FK CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.order_vat_rows
    ADD CONSTRAINT order_vat_rows_order_fkey FOREIGN KEY (order_id) REFERENCES commerce.orders(id);


--
-- Name: orders orders_customer_fkey; Type: FK CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.orders
    ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer_id) REFERENCES commerce.customers(id);


--
-- Name: stock_balances stock_balances_location_fkey; Type: FK CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.stock_balances
    ADD CONSTRAINT stock_balances_location_fkey FOREIGN KEY (location_id) REFERENCES commerce.stock_locations(id);


--
-- Name: stock_balances stock_balances_product_fkey; Type: FK CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.stock_balances
    ADD CONSTRAINT stock_balances_product_fkey FOREIGN KEY (product_id) REFERENCES commerce.products(id);


--
-- Name: stock_movements stock_movements_balance_fkey; Type: FK CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.stock_movements
    ADD CONSTRAINT stock_movements_balance_fkey FOREIGN KEY (product_id, location_id) REFERENCES commerce.stock_balances(product_id, location_id);


--
-- Name: stock_reservations stock_reservations_balance_fkey; Type: FK CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.stock_reservations
    ADD CONSTRAINT stock_reservations_balance_fkey FOREIGN KEY (product_id, location_id) REFERENCES commerce.stock_balances(product_id, location_id);


--
-- Name: stock_reservations stock_reservations_line_fkey; Type: FK CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.stock_reservations
    ADD CONSTRAINT stock_reservations_line_fkey FOREIGN KEY (order_line_id) REFERENCES commerce.order_lines(id);


--
-- Name: stock_reservations stock_reservations_order_fkey; Type: FK CONSTRAINT; Schema: commerce; Owner: platen_site_owner
--

ALTER TABLE ONLY commerce.stock_reservations
    ADD CONSTRAINT stock_reservations_order_fkey FOREIGN KEY (order_id) REFERENCES commerce.orders(id);


--
-- Name: refresh_tokens refresh_tokens_session_fkey; Type: FK CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.refresh_tokens
    ADD CONSTRAINT refresh_tokens_session_fkey FOREIGN KEY (session_id) REFERENCES identity.sessions(id) ON DELETE CASCADE;


--
-- Name: sessions sessions_account_fkey; Type: FK CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.sessions
    ADD CONSTRAINT sessions_account_fkey FOREIGN KEY (account_id) REFERENCES identity.accounts(id);


--
-- Name: tickets tickets_account_fkey; Type: FK CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.tickets
    ADD CONSTRAINT tickets_account_fkey FOREIGN KEY (account_id) REFERENCES identity.accounts(id);


--
-- Name: users users_account_fkey; Type: FK CONSTRAINT; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE ONLY identity.users
    ADD CONSTRAINT users_account_fkey FOREIGN KEY (account_id) REFERENCES identity.accounts(id);


--
-- Name: deliveries deliveries_event_id_fkey; Type: FK CONSTRAINT; Schema: outbox; Owner: platen_site_owner
--

ALTER TABLE ONLY outbox.deliveries
    ADD CONSTRAINT deliveries_event_id_fkey FOREIGN KEY (event_id) REFERENCES outbox.events(id) ON DELETE CASCADE;


--
-- Name: audit_entries; Type: ROW SECURITY; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE identity.audit_entries ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_entries audit_entries_of_nobody; Type: POLICY; Schema: identity; Owner: platen_site_owner
--

CREATE POLICY audit_entries_of_nobody ON identity.audit_entries FOR INSERT WITH CHECK (((tenant_id IS NULL) AND (NULLIF(current_setting('app.tenant'::text, true), ''::text) IS NULL)));


--
-- Name: audit_entries tenant_isolation; Type: POLICY; Schema: identity; Owner: platen_site_owner
--

CREATE POLICY tenant_isolation ON identity.audit_entries USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: users tenant_isolation; Type: POLICY; Schema: identity; Owner: platen_site_owner
--

CREATE POLICY tenant_isolation ON identity.users USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: users; Type: ROW SECURITY; Schema: identity; Owner: platen_site_owner
--

ALTER TABLE identity.users ENABLE ROW LEVEL SECURITY;

--
-- Name: users users_of_account; Type: POLICY; Schema: identity; Owner: platen_site_owner
--

CREATE POLICY users_of_account ON identity.users FOR SELECT USING ((account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));


--
-- Name: aggregates; Type: ROW SECURITY; Schema: outbox; Owner: platen_site_owner
--

ALTER TABLE outbox.aggregates ENABLE ROW LEVEL SECURITY;

--
-- Name: deliveries; Type: ROW SECURITY; Schema: outbox; Owner: platen_site_owner
--

ALTER TABLE outbox.deliveries ENABLE ROW LEVEL SECURITY;

--
-- Name: events; Type: ROW SECURITY; Schema: outbox; Owner: platen_site_owner
--

ALTER TABLE outbox.events ENABLE ROW LEVEL SECURITY;

--
-- Name: inbox; Type: ROW SECURITY; Schema: outbox; Owner: platen_site_owner
--

ALTER TABLE outbox.inbox ENABLE ROW LEVEL SECURITY;

--
-- Name: aggregates tenant_isolation; Type: POLICY; Schema: outbox; Owner: platen_site_owner
--

CREATE POLICY tenant_isolation ON outbox.aggregates USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: deliveries tenant_isolation; Type: POLICY; Schema: outbox; Owner: platen_site_owner
--

CREATE POLICY tenant_isolation ON outbox.deliveries USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: events tenant_isolation; Type: POLICY; Schema: outbox; Owner: platen_site_owner
--

CREATE POLICY tenant_isolation ON outbox.events USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: inbox tenant_isolation; Type: POLICY; Schema: outbox; Owner: platen_site_owner
--

CREATE POLICY tenant_isolation ON outbox.inbox USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: SCHEMA commerce; Type: ACL; Schema: -; Owner: platen_site_owner
--

GRANT USAGE ON SCHEMA commerce TO platen_site_app;
GRANT USAGE ON SCHEMA commerce TO platen_site_reader;
GRANT USAGE ON SCHEMA commerce TO platen_site_dumper;


--
-- Name: SCHEMA identity; Type: ACL; Schema: -; Owner: platen_site_owner
--

GRANT USAGE ON SCHEMA identity TO platen_site_app;
GRANT USAGE ON SCHEMA identity TO platen_site_reader;
GRANT USAGE ON SCHEMA identity TO platen_site_dumper;


--
-- Name: SCHEMA outbox; Type: ACL; Schema: -; Owner: platen_site_owner
--

GRANT USAGE ON SCHEMA outbox TO platen_site_app;
GRANT USAGE ON SCHEMA outbox TO platen_site_reader;
GRANT USAGE ON SCHEMA outbox TO platen_site_dumper;


--
-- Name: SCHEMA platform; Type: ACL; Schema: -; Owner: platen_site_owner
--

GRANT USAGE ON SCHEMA platform TO platen_site_app;
GRANT USAGE ON SCHEMA platform TO platen_site_reader;
GRANT USAGE ON SCHEMA platform TO platen_site_dumper;


--
-- Name: FUNCTION has_pending_deliveries(); Type: ACL; Schema: outbox; Owner: platen_site_owner
--

REVOKE ALL ON FUNCTION outbox.has_pending_deliveries() FROM PUBLIC;
GRANT ALL ON FUNCTION outbox.has_pending_deliveries() TO platen_site_app;


--
-- Name: TABLE customers; Type: ACL; Schema: commerce; Owner: platen_site_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE commerce.customers TO platen_site_app;
GRANT SELECT ON TABLE commerce.customers TO platen_site_reader;
GRANT SELECT ON TABLE commerce.customers TO platen_site_dumper;


--
-- Name: TABLE idempotency_keys; Type: ACL; Schema: commerce; Owner: platen_site_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE commerce.idempotency_keys TO platen_site_app;
GRANT SELECT ON TABLE commerce.idempotency_keys TO platen_site_dumper;


--
-- Name: TABLE order_lines; Type: ACL; Schema: commerce; Owner: platen_site_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE commerce.order_lines TO platen_site_app;
GRANT SELECT ON TABLE commerce.order_lines TO platen_site_reader;
GRANT SELECT ON TABLE commerce.order_lines TO platen_site_dumper;


--
-- Name: SEQUENCE order_numbers; Type: ACL; Schema: commerce; Owner: platen_site_owner
--

GRANT USAGE ON SEQUENCE commerce.order_numbers TO platen_site_app;
GRANT SELECT ON SEQUENCE commerce.order_numbers TO platen_site_dumper;


--
-- Name: TABLE order_vat_rows; Type: ACL; Schema: commerce; Owner: platen_site_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE commerce.order_vat_rows TO platen_site_app;
GRANT SELECT ON TABLE commerce.order_vat_rows TO platen_site_reader;
GRANT SELECT ON TABLE commerce.order_vat_rows TO platen_site_dumper;


--
-- Name: TABLE orders; Type: ACL; Schema: commerce; Owner: platen_site_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE commerce.orders TO platen_site_app;
GRANT SELECT ON TABLE commerce.orders TO platen_site_reader;
GRANT SELECT ON TABLE commerce.orders TO platen_site_dumper;


--
-- Name: TABLE products; Type: ACL; Schema: commerce; Owner: platen_site_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE commerce.products TO platen_site_app;
GRANT SELECT ON TABLE commerce.products TO platen_site_reader;
GRANT SELECT ON TABLE commerce.products TO platen_site_dumper;


--
-- Name: TABLE stock_balances; Type: ACL; Schema: commerce; Owner: platen_site_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE commerce.stock_balances TO platen_site_app;
GRANT SELECT ON TABLE commerce.stock_balances TO platen_site_reader;
GRANT SELECT ON TABLE commerce.stock_balances TO platen_site_dumper;


--
-- Name: TABLE stock_locations; Type: ACL; Schema: commerce; Owner: platen_site_owner
--

GRANT SELECT ON TABLE commerce.stock_locations TO platen_site_app;
GRANT SELECT ON TABLE commerce.stock_locations TO platen_site_reader;
GRANT SELECT ON TABLE commerce.stock_locations TO platen_site_dumper;


--
-- Name: TABLE stock_movements; Type: ACL; Schema: commerce; Owner: platen_site_owner
--

GRANT SELECT,INSERT ON TABLE commerce.stock_movements TO platen_site_app;
GRANT SELECT ON TABLE commerce.stock_movements TO platen_site_reader;
GRANT SELECT ON TABLE commerce.stock_movements TO platen_site_dumper;


--
-- Name: TABLE stock_reservations; Type: ACL; Schema: commerce; Owner: platen_site_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE commerce.stock_reservations TO platen_site_app;
GRANT SELECT ON TABLE commerce.stock_reservations TO platen_site_reader;
GRANT SELECT ON TABLE commerce.stock_reservations TO platen_site_dumper;


--
-- Name: TABLE accounts; Type: ACL; Schema: identity; Owner: platen_site_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.accounts TO platen_site_app;
GRANT SELECT ON TABLE identity.accounts TO platen_site_dumper;


--
-- Name: TABLE audit_entries; Type: ACL; Schema: identity; Owner: platen_site_owner
--

GRANT SELECT,INSERT ON TABLE identity.audit_entries TO platen_site_app;
GRANT SELECT ON TABLE identity.audit_entries TO platen_site_reader;
GRANT SELECT ON TABLE identity.audit_entries TO platen_site_dumper;


--
-- Name: TABLE refresh_tokens; Type: ACL; Schema: identity; Owner: platen_site_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.refresh_tokens TO platen_site_app;
GRANT SELECT ON TABLE identity.refresh_tokens TO platen_site_dumper;


--
-- Name: TABLE sessions; Type: ACL; Schema: identity; Owner: platen_site_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.sessions TO platen_site_app;
GRANT SELECT ON TABLE identity.sessions TO platen_site_dumper;


--
-- Name: TABLE signing_keys; Type: ACL; Schema: identity; Owner: platen_site_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.signing_keys TO platen_site_app;
GRANT SELECT ON TABLE identity.signing_keys TO platen_site_dumper;


--
-- Name: TABLE tickets; Type: ACL; Schema: identity; Owner: platen_site_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.tickets TO platen_site_app;
GRANT SELECT ON TABLE identity.tickets TO platen_site_dumper;


--
-- Name: TABLE users; Type: ACL; Schema: identity; Owner: platen_site_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.users TO platen_site_app;
GRANT SELECT ON TABLE identity.users TO platen_site_reader;
GRANT SELECT ON TABLE identity.users TO platen_site_dumper;


--
-- Name: TABLE aggregates; Type: ACL; Schema: outbox; Owner: platen_site_owner
--

GRANT SELECT ON TABLE outbox.aggregates TO platen_site_reader;
GRANT SELECT ON TABLE outbox.aggregates TO platen_site_dumper;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.aggregates TO platen_site_app;


--
-- Name: TABLE deliveries; Type: ACL; Schema: outbox; Owner: platen_site_owner
--

GRANT SELECT ON TABLE outbox.deliveries TO platen_site_reader;
GRANT SELECT ON TABLE outbox.deliveries TO platen_site_dumper;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.deliveries TO platen_site_app;


--
-- Name: TABLE events; Type: ACL; Schema: outbox; Owner: platen_site_owner
--

GRANT SELECT ON TABLE outbox.events TO platen_site_reader;
GRANT SELECT ON TABLE outbox.events TO platen_site_dumper;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.events TO platen_site_app;


--
-- Name: SEQUENCE events_position_seq; Type: ACL; Schema: outbox; Owner: platen_site_owner
--

GRANT SELECT ON SEQUENCE outbox.events_position_seq TO platen_site_dumper;


--
-- Name: TABLE handlers; Type: ACL; Schema: outbox; Owner: platen_site_owner
--

GRANT SELECT ON TABLE outbox.handlers TO platen_site_reader;
GRANT SELECT ON TABLE outbox.handlers TO platen_site_dumper;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.handlers TO platen_site_app;


--
-- Name: TABLE inbox; Type: ACL; Schema: outbox; Owner: platen_site_owner
--

GRANT SELECT ON TABLE outbox.inbox TO platen_site_reader;
GRANT SELECT ON TABLE outbox.inbox TO platen_site_dumper;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.inbox TO platen_site_app;


--
-- Name: TABLE migrations; Type: ACL; Schema: platform; Owner: platen_site_owner
--

GRANT SELECT ON TABLE platform.migrations TO platen_site_app;
GRANT SELECT ON TABLE platform.migrations TO platen_site_reader;
GRANT SELECT ON TABLE platform.migrations TO platen_site_dumper;


--
-- PostgreSQL database dump complete
--


