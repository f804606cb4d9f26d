-- Which form of src/lib/search-text.ts the lexemes of all titles have. When the program's is newer, it writes them again
-- after the migrations: the rules for letters, spellings and signs are in one place, and that is not SQL.

ALTER TABLE instance ADD COLUMN search_version smallint NOT NULL DEFAULT 1;

COMMENT ON COLUMN instance.search_version IS 'SEARCH_TEXT_VERSION that media.search was written with.';
