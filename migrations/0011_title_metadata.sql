-- Titles that metadata services keep up to date.

CREATE TABLE title_metadata (
  media_id bigint PRIMARY KEY REFERENCES media ON DELETE CASCADE,
  checked_at timestamptz NOT NULL DEFAULT now(),
  next_at timestamptz NOT NULL,
  is_sketch boolean NOT NULL
) WITH (fillfactor = 90);
COMMENT ON TABLE title_metadata IS
  'Titles that metadata services keep up to date; those of an import have no row, and metadata only adds to them.';
COMMENT ON COLUMN title_metadata.next_at IS 'When the services are asked again, once somebody wants the title.';
COMMENT ON COLUMN title_metadata.is_sketch IS 'Known from a search only: name, year and poster.';
