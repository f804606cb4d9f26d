-- Words of release names, for clients of the indexer. Where the extension may not be created the program starts all the
-- same, and searches titles instead (docs/operating.md).

DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'extension pg_trgm: %', SQLERRM;
END
$$;

-- The extension may be in a schema of its own.
DO $$
DECLARE
  extension_schema text;
BEGIN
  SELECT n.nspname INTO extension_schema
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
  IF extension_schema IS NULL THEN
    RETURN;
  END IF;
  EXECUTE format(
    'CREATE INDEX stream_name_trigrams ON stream USING gin (name %I.gin_trgm_ops) WHERE kind = 0', extension_schema
  );
  COMMENT ON INDEX stream_name_trigrams IS 'indexer.by-names';
END
$$;
