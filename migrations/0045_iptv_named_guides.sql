-- Guides that a provider's list names come in once for each set of addresses.

ALTER TABLE iptv_provider ADD COLUMN guides_digest text DEFAULT '' NOT NULL;
COMMENT ON COLUMN iptv_provider.guides_digest IS 'SHA-256 of the addresses of guides that its list named last.';
