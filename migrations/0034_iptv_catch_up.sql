-- What lists say of channels beyond their address: for how long they go back, and what they are made of.

ALTER TABLE iptv_channel
  ADD COLUMN catchup_days smallint NOT NULL DEFAULT 0,
  ADD COLUMN mimetype text NOT NULL DEFAULT '';
COMMENT ON COLUMN iptv_channel.catchup_days IS 'Days that its first source goes back; 0: it does not.';
