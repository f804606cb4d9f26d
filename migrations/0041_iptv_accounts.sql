-- The account of a provider is kept apart from the addresses of its entries, which have marks in its place.

ALTER TABLE iptv_provider ADD COLUMN account_sealed bytea;
COMMENT ON COLUMN iptv_provider.account_sealed IS 'What is secret in addresses of its entries; null: not looked for since they were kept apart.';
COMMENT ON COLUMN iptv_source.url IS 'Marks like {account:password} stand for what iptv_provider.account_sealed holds.';
COMMENT ON COLUMN iptv_fetched_episode.url IS 'With marks, as iptv_source.url.';
-- Guides are read again, since icons whose addresses hold the account of the guide are left out now.
UPDATE guide SET next_at = now() WHERE sealed_url IS NOT NULL;
