-- Providers are synced at intervals of their own; until now all were every six hours.

ALTER TABLE iptv_provider ADD COLUMN interval_hours smallint DEFAULT 6 NOT NULL CHECK (interval_hours BETWEEN 0 AND 720),
  ADD COLUMN next_at timestamptz DEFAULT now() NOT NULL;
COMMENT ON COLUMN iptv_provider.interval_hours IS 'Between two syncs; 0: only when somebody asks for one.';
COMMENT ON COLUMN iptv_provider.next_at IS 'When it is synced next.';
