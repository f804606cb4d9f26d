-- Folders of videos that operators name, and what each scan knows of their files.

CREATE TABLE media_folder (
  folder_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  root text COLLATE "C" NOT NULL UNIQUE CHECK (length(root) BETWEEN 1 AND 4000),
  sealed_login bytea,
  media_type media_type,
  scanned_at timestamptz,
  last_error text NOT NULL DEFAULT ''
);
COMMENT ON TABLE media_folder IS 'Folders of a machine, and WebDAV shares, whose videos are in the lists.';
COMMENT ON COLUMN media_folder.sealed_login IS 'Name and password of a share, encrypted: it is listed with them.';
COMMENT ON COLUMN media_folder.media_type IS 'What all its videos are; null: their names say it.';

CREATE TABLE folder_file (
  file_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  folder_id integer NOT NULL REFERENCES media_folder ON DELETE CASCADE,
  size_bytes bigint NOT NULL,
  is_linked boolean NOT NULL,
  gone_at timestamptz,
  token text COLLATE "C" NOT NULL UNIQUE CHECK (length(token) = 22),
  path text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  locator text NOT NULL,
  reason text NOT NULL DEFAULT '',
  UNIQUE (folder_id, path)
) WITH (fillfactor = 90);
COMMENT ON TABLE folder_file IS 'Videos of folders: a scan looks again at those alone whose version is another one.';
COMMENT ON COLUMN folder_file.gone_at IS 'The last scan did not find it: its stream is in no list until it is back.';
COMMENT ON COLUMN folder_file.token IS 'Stands for it in the address that players get: whoever knows it may read the file.';
COMMENT ON COLUMN folder_file.reason IS 'Why it is of no title.';
