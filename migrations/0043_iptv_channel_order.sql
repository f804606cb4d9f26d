-- Channels in the order in which they are shown, of all groups and of one: 100,000 of them were read and sorted for each page.

CREATE INDEX iptv_channel_order ON iptv_channel
  (coalesce(own_number, number, 2147483647), lower(coalesce(own_name, name)), channel_id) WHERE kind = 'live';
COMMENT ON INDEX iptv_channel_order IS 'iptv.channels';
CREATE INDEX iptv_channel_order_by_group ON iptv_channel
  (coalesce(own_group, group_title), coalesce(own_number, number, 2147483647), lower(coalesce(own_name, name)), channel_id)
  WHERE kind = 'live';
COMMENT ON INDEX iptv_channel_order_by_group IS 'iptv.channels';
COMMENT ON INDEX iptv_channel_by_kind IS 'iptv.vod';
