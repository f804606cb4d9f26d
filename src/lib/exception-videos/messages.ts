/**
 * What a viewer sees in place of a film: the short videos `/static/exceptions/<name>.mp4`. `npm run exceptions:videos` draws
 * them from this table; names are those that installs of other add-ons know, too, and stay.
 */

interface ExceptionMessage {
  /** What happened. */
  readonly title: string;
  /** Why, and what the viewer can do; a line each. */
  readonly lines: readonly string[];
}

const CHOOSE_ANOTHER = 'Go back and choose another stream.';
const TRY_LATER = 'Wait a few minutes and try again, or choose another stream.';
const CHECK_SETTINGS = 'Open the configure page, enter it again, and install the add-on anew.';

export const EXCEPTION_MESSAGES = {
  add_torrent_failed: {
    title: 'The torrent was not accepted',
    lines: ['Your debrid service did not take this torrent.', CHOOSE_ANOTHER],
  },
  alldebrid_api_blocked: {
    title: 'AllDebrid wants a confirmation',
    lines: [
      'AllDebrid has blocked a new location of your account.',
      'Open the e-mail that it sent you, confirm, and try again.',
    ],
  },
  alldebrid_server_error: {
    title: 'AllDebrid refuses this server',
    lines: [
      'AllDebrid takes no calls from servers and VPNs like this one.',
      'Ask whoever runs it to set a proxy, or use another service.',
    ],
  },
  api_error: {
    title: 'The service gave a strange answer',
    lines: ['Your debrid service answered with something unexpected.', TRY_LATER],
  },
  configure_debrid: {
    title: 'No streaming service is set up',
    lines: ['This stream needs a debrid service.', 'Add yours on the configure page.'],
  },
  content_infringing: {
    title: 'This file was taken down',
    lines: ['A rights holder had it removed from your debrid service.', CHOOSE_ANOTHER],
  },
  daily_download_limit: {
    title: 'The daily limit is reached',
    lines: [
      'Your debrid service gives you no more downloads today.',
      'Try again tomorrow, or use another service.',
    ],
  },
  debrid_service_down_error: {
    title: 'The debrid service is down',
    lines: ['It does not answer just now. The fault is not yours.', TRY_LATER],
  },
  episode_not_found: {
    title: 'The episode is not in this torrent',
    lines: ['No file in it is surely the episode that you want.', CHOOSE_ANOTHER],
  },
  exceed_remote_traffic_limit: {
    title: 'Your traffic is used up',
    lines: [
      'Your debrid account has reached its limit of traffic.',
      'Wait until it is renewed, or use another service.',
    ],
  },
  filtered_no_streams: {
    title: 'Your filters hide every stream',
    lines: [
      'There are streams, but none passes your settings.',
      'Allow more on the configure page.',
    ],
  },
  folder_creation_error: {
    title: 'A folder could not be made',
    lines: ['Your service could not make a folder for this download.', TRY_LATER],
  },
  inappropriate_content: {
    title: 'The service does not take this',
    lines: ['Your debrid service refuses content of this kind.', CHOOSE_ANOTHER],
  },
  invalid_client_ip: {
    title: 'Your address is not known',
    lines: [
      'The service wants the address that you watch from, and could not use it.',
      'Turn off a VPN or proxy, or choose another service.',
    ],
  },
  invalid_config: {
    title: 'The settings cannot be read',
    lines: [
      'The install address of this add-on is damaged or too old.',
      'Open the configure page and install the add-on anew.',
    ],
  },
  invalid_credentials: {
    title: 'The login is wrong',
    lines: ['Your service does not accept the name or password.', CHECK_SETTINGS],
  },
  invalid_debrider_token: {
    title: 'The Debrider key is wrong',
    lines: ['Debrider does not accept your API key.', CHECK_SETTINGS],
  },
  invalid_token: {
    title: 'The API key is wrong or expired',
    lines: ['Your debrid service does not accept it.', CHECK_SETTINGS],
  },
  ip_not_allowed: {
    title: 'This address is not allowed',
    lines: [
      'Your debrid service does not let this address in.',
      'Allow it in your account there, or watch from another network.',
    ],
  },
  mediaflow_ip_error: {
    title: 'MediaFlow did not tell its address',
    lines: [
      'The public address of your MediaFlow proxy is not known.',
      'See that the proxy runs and can reach the internet.',
    ],
  },
  mediaflow_proxy_error: {
    title: 'The MediaFlow proxy failed',
    lines: [
      'Your MediaFlow proxy does not answer, or refuses its password.',
      'Check its address and password on the configure page.',
    ],
  },
  mediaflow_proxy_required: {
    title: 'This stream needs MediaFlow',
    lines: [
      'It plays through a MediaFlow proxy only.',
      'Add your proxy on the configure page, or choose another stream.',
    ],
  },
  need_premium: {
    title: 'A subscription is needed',
    lines: [
      'Your account has no premium, or it has run out.',
      'Renew it at your debrid service, then try again.',
    ],
  },
  network_error: {
    title: 'The service cannot be reached',
    lines: ['The connection to your debrid service failed.', TRY_LATER],
  },
  no_matching_file: {
    title: 'The film is not in this torrent',
    lines: ['No file in it is surely the film that you want.', CHOOSE_ANOTHER],
  },
  no_streams_live: {
    title: 'Nothing to watch yet',
    lines: ['No source has a stream of this event now.', 'Come back when it has begun.'],
  },
  no_video_file_found: {
    title: 'There is no video in this torrent',
    lines: ['It holds archives, disc images or other files that do not play.', CHOOSE_ANOTHER],
  },
  not_enough_space: {
    title: 'Your storage is full',
    lines: [
      'Your debrid service has no room for this download.',
      'Delete something there, or choose a smaller stream.',
    ],
  },
  pikpak_invalid_media_link: {
    title: 'PikPak gave no link',
    lines: ['PikPak has the file, but no link that plays.', TRY_LATER],
  },
  provider_error: {
    title: 'The debrid service failed',
    lines: ['Your debrid service could not play this.', TRY_LATER],
  },
  qbittorrent_error: {
    title: 'qBittorrent failed',
    lines: [
      'Your qBittorrent does not answer, or refuses the login.',
      'See that it runs, and check the configure page.',
    ],
  },
  queue_full: {
    title: 'The queue is full',
    lines: [
      'Your debrid service takes no more downloads just now.',
      'Wait until one has finished, or remove one there.',
    ],
  },
  restricted: {
    title: 'This title is not shown here',
    lines: ['Whoever runs this server has blocked it.', 'Choose another title.'],
  },
  source_not_live: {
    title: 'The channel is off the air',
    lines: ['Its source sends nothing just now.', 'Try again later, or choose another stream.'],
  },
  stream_not_found: {
    title: 'This stream is gone',
    lines: [
      'The server does not know it any more.',
      'Go back, load the list anew, and choose again.',
    ],
  },
  too_many_requests: {
    title: 'Too many requests',
    lines: ['Your debrid service wants a pause.', 'Wait a minute and try again.'],
  },
  torrent_downloading: {
    title: 'The download is under way',
    lines: [
      'Your debrid service is fetching this torrent.',
      'Come back in some minutes, or choose a cached stream.',
    ],
  },
  torrent_error: {
    title: 'The torrent failed',
    lines: ['Your debrid service gave it up: it is broken or has no seeds.', CHOOSE_ANOTHER],
  },
  torrent_limit: {
    title: 'Too many downloads at once',
    lines: [
      'Your debrid service allows no further active torrents.',
      'Wait until one has finished, or remove one there.',
    ],
  },
  torrent_not_downloaded: {
    title: 'Not downloaded yet',
    lines: [
      'Your debrid service does not have this file so far.',
      'Come back in some minutes, or choose a cached stream.',
    ],
  },
  transfer_error: {
    title: 'The transfer failed',
    lines: ['Your debrid service could not finish this download.', CHOOSE_ANOTHER],
  },
  unsupported_direct_download: {
    title: 'This does not play here',
    lines: ['Your service cannot play streams of this kind.', CHOOSE_ANOTHER],
  },
  update_imdb_data: {
    title: 'The title is being looked up',
    lines: ['Its data are not complete yet.', 'Try again in a minute.'],
  },
  usenet_transfer_error: {
    title: 'The Usenet download failed',
    lines: ['Parts of it are missing, or it is protected.', CHOOSE_ANOTHER],
  },
  watchlist_deleted: {
    title: 'Your downloads were deleted',
    lines: ['The list at your debrid service is empty now.'],
  },
  webdav_error: {
    title: 'The WebDAV server failed',
    lines: [
      'It does not answer, refuses the login, or lacks the file.',
      'Check its address and login on the configure page.',
    ],
  },
} as const satisfies Readonly<Record<string, ExceptionMessage>>;

/** Name of a video, without its extension. */
export type ExceptionVideo = keyof typeof EXCEPTION_MESSAGES;

export const EXCEPTION_VIDEOS = Object.keys(EXCEPTION_MESSAGES) as readonly ExceptionVideo[];
