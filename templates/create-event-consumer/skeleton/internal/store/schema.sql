-- Every statement may be run again: it is, at each start.

-- Events that were done, so that none is done twice.
CREATE TABLE IF NOT EXISTS processed_event (
  id text PRIMARY KEY,
  processed_at timestamptz NOT NULL DEFAULT now()
);

-- Events that wait to be published.
CREATE TABLE IF NOT EXISTS outbox_event (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  type text NOT NULL,
  key text NOT NULL,
  payload bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE OR REPLACE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NOTIFY outbox;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER outbox_event_added AFTER INSERT ON outbox_event
  FOR EACH STATEMENT EXECUTE FUNCTION notify_outbox();

-- What the service is about. The example to replace.
CREATE TABLE IF NOT EXISTS greeting (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  message text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
