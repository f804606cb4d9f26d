/** What a guide in XMLTV says of channels and programmes. */

export interface LanguageText {
  readonly text: string;
  /** `en`; empty when the guide does not say. */
  readonly lang: string;
}

export interface GuideChannel {
  readonly id: string;
  readonly names: readonly LanguageText[];
  /** Empty: none. */
  readonly iconUrl: string;
}

export interface Programme {
  /** Id of its channel. */
  readonly channelId: string;
  readonly startMs: number;
  /** Null: it ends where the next one of its channel begins. */
  readonly stopMs: number | null;
  /** In the order of the guide; empty when it says none. */
  readonly titles: readonly LanguageText[];
  readonly subtitles: readonly LanguageText[];
  readonly descriptions: readonly LanguageText[];
  readonly categories: readonly string[];
  /** Empty: none. */
  readonly iconUrl: string;
  /** From 1, 0 for specials; null when not said. */
  readonly season: number | null;
  readonly episode: number | null;
  /** Its number as viewers are shown it, `S02E03`; empty when not said. */
  readonly onscreen: string;
  /** Of the production; 0 when not said. */
  readonly year: number;
  /** `PG-13`; empty when not said. */
  readonly rating: string;
  readonly isNew: boolean;
  readonly isLive: boolean;
  readonly isRepeat: boolean;
}
