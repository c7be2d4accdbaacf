-- Why: the relay of the control plane delivers what a commit appended at once, whichever process made it; its sweep is the truth.
-- Lock: outbox.events for the moment in which its trigger is added. Rows touched: none. Old code: unaffected.
-- Undo by hand: drop trigger events_wake_relay on outbox.events; drop function manager.wake_event_relay();
SET LOCAL lock_timeout = '5s';

CREATE FUNCTION manager.wake_event_relay() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  PERFORM pg_catalog.pg_notify('events_appended', '');
  RETURN NULL;
END $$;
CREATE TRIGGER events_wake_relay AFTER INSERT ON outbox.events FOR EACH STATEMENT EXECUTE FUNCTION manager.wake_event_relay();
