-- Pages of hash lists that were imported.

CREATE TABLE hash_list_page (
  page_key bytea PRIMARY KEY CHECK (octet_length(page_key) = 16),
  imported_at timestamptz NOT NULL DEFAULT now(),
  entries integer NOT NULL,
  linked integer NOT NULL
);
COMMENT ON TABLE hash_list_page IS 'Pages of hash lists that are not read again: their lists are what they were.';
COMMENT ON COLUMN hash_list_page.page_key IS 'The first 16 bytes of the SHA-256 of the list, as it stands in the page.';
COMMENT ON COLUMN hash_list_page.linked IS 'Entries of titles that were known then.';
