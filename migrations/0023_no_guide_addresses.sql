-- Nobody read the addresses of guides that lists name, and those of Xtream accounts hold the password.

ALTER TABLE iptv_provider DROP COLUMN guide_urls;
