-- Why: a delivery knows the position of its event, so that runs of one aggregate are claimed together, oldest first, and what holds
-- others back is found at once among a hundred thousand; a handler may be bound to one tenant (its webhook).
-- Lock: deliveries and handlers for the moment in which columns are added, deliveries against writes while two indexes are built.
-- Rows touched: open deliveries, once. Old code: writes deliveries without a position, which come last, and handlers of all tenants.
-- Undo by hand: alter table outbox.deliveries drop column position; alter table outbox.handlers drop column tenant_id;
--   drop index outbox.deliveries_tried_idx; (the other index goes with its column)
set local lock_timeout = '5s';
select set_config('app.operator', 'on', true);

alter table outbox.deliveries add column position bigint;
update outbox.deliveries set position = events.position
from outbox.events where events.id = event_id and state in ('pending', 'dead');
create index deliveries_turn_idx on outbox.deliveries (position) where state = 'pending';
-- What is leased, pauses or is dead has been tried: these few hold back what comes after them.
create index deliveries_tried_idx on outbox.deliveries (handler, tenant_id, aggregate_id, sequence)
  where attempts > 0 and state in ('pending', 'dead');

-- Null: of all tenants.
alter table outbox.handlers add column tenant_id uuid;
