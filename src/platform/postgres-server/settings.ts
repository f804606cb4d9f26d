/** PostgreSQL's settings, for a small shared host; an operator with more sets POSTGRES_URI. */
import { LOG_FILE_MAX, LOG_FILE_NAME } from './server-logs.ts';

export interface ServerSettings {
  readonly port: number;
  /** Folder of the log files. */
  readonly logs: string;
  /** Connections that Sluice may open. */
  readonly connectionsMax: number;
}

/** For people with psql, and for PostgreSQL's own three of the superuser. */
const CONNECTIONS_BESIDE = 10;

/** Arguments that PostgreSQL takes these settings from; they win over its postgresql.conf. */
export function settingArguments({ port, logs, connectionsMax }: ServerSettings): string[] {
  const settings: Readonly<Record<string, string>> = {
    // Reached over loopback only, with a password: docs/decisions/0003-embedded-postgres.md.
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    max_connections: String(connectionsMax + CONNECTIONS_BESIDE),
    shared_buffers: '128MB',
    max_wal_size: '512MB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    // Disks of today answer random reads nearly as fast as sequential ones.
    random_page_cost: '1.1',
    // Costs more than it saves for statements of a few milliseconds.
    jit: 'off',
    shared_preload_libraries: 'pg_stat_statements',
    logging_collector: 'on',
    log_directory: logs,
    log_filename: LOG_FILE_NAME,
    log_rotation_size: LOG_FILE_MAX,
    log_rotation_age: '1d',
    log_checkpoints: 'off',
    // Without the DETAIL lines, which quote the values of rows.
    log_error_verbosity: 'terse',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
