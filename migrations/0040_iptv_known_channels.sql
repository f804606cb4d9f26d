-- Channels that a table of the world's channels knows: entries that name one by its id, or by another of its names, are that one.

CREATE TABLE iptv_known_channel (
  tvg_id text COLLATE "C" PRIMARY KEY,
  merge_key text COLLATE "C" NOT NULL,
  region text COLLATE "C" NOT NULL
);
COMMENT ON TABLE iptv_known_channel IS 'The table of channels of iptv-org, as an operator imported it last.';
COMMENT ON COLUMN iptv_known_channel.tvg_id IS 'In lower case, without the feed behind @.';

CREATE TABLE iptv_known_name (
  name_key text COLLATE "C" NOT NULL,
  region text COLLATE "C" NOT NULL,
  merge_key text COLLATE "C" NOT NULL,
  PRIMARY KEY (name_key, region)
);
COMMENT ON TABLE iptv_known_name IS 'Other names of known channels, each of one channel in its region.';
COMMENT ON COLUMN iptv_known_name.name_key IS 'As iptv_channel.merge_key; merge_key is that of the channel''s own name.';
