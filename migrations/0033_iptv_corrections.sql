-- What people say of which channel is which; every sync keeps to it.

ALTER TABLE iptv_channel ADD COLUMN merged_into bigint REFERENCES iptv_channel ON DELETE SET NULL;
COMMENT ON COLUMN iptv_channel.merged_into IS 'The channel that a person says it is: its entries are that one''s.';
CREATE INDEX iptv_channel_merged ON iptv_channel (merged_into) WHERE merged_into IS NOT NULL;
COMMENT ON INDEX iptv_channel_merged IS 'iptv.merge-channels, iptv.publish';

CREATE TABLE iptv_split (
  provider_id integer NOT NULL REFERENCES iptv_provider ON DELETE CASCADE,
  name text NOT NULL,
  url_hash uuid NOT NULL,
  channel_id bigint NOT NULL REFERENCES iptv_channel ON DELETE CASCADE,
  PRIMARY KEY (provider_id, url_hash, name)
);
COMMENT ON TABLE iptv_split IS 'Entries that a person says are another channel than their names do.';
COMMENT ON COLUMN iptv_split.url_hash IS 'MD5 of iptv_source.url.';
CREATE INDEX iptv_split_by_channel ON iptv_split (channel_id);
COMMENT ON INDEX iptv_split_by_channel IS 'iptv.split-channel';
