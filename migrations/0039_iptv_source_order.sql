-- In which order a person wants the sources of a channel; every sync keeps to it.

CREATE TABLE iptv_source_order (
  channel_id bigint NOT NULL REFERENCES iptv_channel ON DELETE CASCADE,
  place integer NOT NULL,
  provider_id integer NOT NULL REFERENCES iptv_provider ON DELETE CASCADE,
  name text NOT NULL,
  url_hash uuid NOT NULL,
  PRIMARY KEY (channel_id, place)
);
COMMENT ON TABLE iptv_source_order IS 'The first sources of a channel, as a person says; the others come after them.';
COMMENT ON COLUMN iptv_source_order.name IS 'With the provider it stands for the entry also when its address changes, as url_hash does when its name changes.';
COMMENT ON COLUMN iptv_source_order.url_hash IS 'MD5 of iptv_source.url.';
CREATE INDEX iptv_source_order_by_provider ON iptv_source_order (provider_id);
COMMENT ON INDEX iptv_source_order_by_provider IS 'iptv.delete-provider';
