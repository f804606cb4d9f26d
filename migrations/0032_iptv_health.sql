-- What is known of sources: whether they play.

CREATE TABLE iptv_health (
  provider_id integer NOT NULL REFERENCES iptv_provider ON DELETE CASCADE,
  url_hash uuid NOT NULL,
  confidence smallint NOT NULL CHECK (confidence BETWEEN 0 AND 100),
  is_down boolean NOT NULL,
  failure text NOT NULL DEFAULT '',
  checked_at timestamptz NOT NULL,
  seen_at timestamptz,
  PRIMARY KEY (provider_id, url_hash)
);
COMMENT ON TABLE iptv_health IS 'Whether sources play, by checks and by what playback learnt. Known by their address, as rows of sources come and go.';
COMMENT ON COLUMN iptv_health.url_hash IS 'MD5 of iptv_source.url.';
COMMENT ON COLUMN iptv_health.confidence IS 'In percent that it plays: successes raise it, failures lower it.';
COMMENT ON COLUMN iptv_health.is_down IS 'Said at 20 and less, taken back at 60 and more: what plays now and then does not change its place each time.';
COMMENT ON COLUMN iptv_health.failure IS 'Why it did not play last; empty when it did.';
