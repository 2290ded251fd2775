// Words that must not come back, each with the field's word: people who know OpenTelemetry, X-Ray and queues read at
// full speed, and grep finds what they look for.

/**
 * A word that must not be used.
 *
 * @typedef {object} BannedWord
 * @property {RegExp} word what must not be there; how it is matched, `where` says
 * @property {string} use what to write instead
 * @property {'any' | 'code' | 'prose' | 'name' | 'parameter'} [where]
 *   - `any`, the default: in the whole text, in lower case, with names taken apart: `DeadLetterStore` is matched as
 *     `dead letter store`, `MAX_BYTES` as `max bytes`
 *   - `code`: the same, without comments and texts; `prose`: the same, comments and texts alone
 *   - `name`: each name in the code, as it is written; `parameter`: each name of a parameter
 * @property {RegExp} [unless] ordinary use: what it matches does not count
 * @property {RegExp} [files] the files that the rule is for; all if there is none
 */

const code = /\.(tsx?|mjs)$/

/** @type {readonly BannedWord[]} */
export const bannedWords = [
  // Reports and errors
  { word: /\b(tells?|told|telling)\b/, use: 'report, emit, say, show', unless: /\btell(s|ing)? (\S+ ){0,8}apart\b/ },
  { word: /\bflaws?\b/, use: 'issue, error' },
  { word: /\bcomplain(s|ed|ing|ts?)?\b/, use: 'printError, report' },
  { word: /^noted$/, where: 'name', use: 'configNote' },
  { word: /\brefusals?\b|\brontgen refused\b/, use: 'rejection, rejected' },
  { word: /^(refused\w*|\w+Refused)$/, where: 'name', use: 'rejected' },

  // The queue
  {
    word: /\bletters?\b/,
    use: 'dead letter; a character is a character',
    unless: new RegExp(
      [
        /\bdead[- ]letters?\b/,
        /\b(upper|lower|capital|small|latin|single|first|last|two|three)([- ]?case)? letters?\b/,
        /\b(starts?|begins?|ends?) with a letter\b/,
        /\bletters?,?( and| or)? (digits?|numbers?)\b/,
        /\b(digits?|numbers?),?( and| or)? letters?\b/,
      ].map(({ source }) => source).join('|'),
    ),
  },
  { word: /^(\w*Keeper|#?keepers?)$/, where: 'name', use: 'DeadLetterStore, KeepaliveManager' },
  { word: /\bbur(y|ies|ied|ying)\b/, use: 'dead-letter, expire' },
  { word: /\breviv(e|es|ed|ing|al)\b/, use: 'redrive' },
  { word: /\bsalvag(e|es|ed|ing)\b/, use: 'recover' },
  {
    word: /\brenew(s|ed|ing)?\b/,
    use: 'rebuild',
    unless:
      /\b(credentials?|certificates?|keys?|tokens?|leases?)( \S+){0,4} renew(s|ed|ing)?\b|\brenew(s|ed|ing)? (\S+ ){0,3}(credentials?|certificates?|keys?|tokens?|leases?)\b/,
  },
  { word: /\bmend(s|ed|ing)?\b/, use: 'repair, correct' },
  { word: /\b(sets?|setting) (\S+ )?aside\b|\.broken\b/, use: 'quarantine' },
  {
    word: /\bsettl(e|es|ed|ing)\b/,
    use: 'acknowledge (queue), index (store)',
    // A column of older files of the store keeps its name until it is renamed.
    unless: /\ball settled\b|\bpromises?( \S+){0,4} settle[sd]?\b|\bsettled integer\b|\brename column settled\b/,
  },
  {
    word: /\b(un)?pack(s|ed|ing)?\b/,
    use: 'compress, decompress',
    unless:
      /\bany (un)?pack\b|\bpacked (fields?|repeated|encoding|varints?)\b|\b(repeated|varints?|fields?) packed\b|\bpack(s|ed|ing)?( \S+){0,6} into (one|a|as few|few|fewer)( \S+)? (batch|batches|requests?|datagrams?)\b/,
  },
  { word: /\bunawaited\b/, use: 'fire-and-forget' },
  { word: /\bhurried\b/, use: 'hasWaiters' },
  { word: /\bcompany\b/, use: 'batching delay', unless: /\b(a|the|your|each|another) company\b/ },
  { word: /^give$/, where: 'name', use: 'release, of a pool' },
  { word: /^InboundBytes$/, where: 'name', use: 'InFlightBytes' },

  // Exporters, configs, replaced agents
  {
    word: /^#?([a-z]+D|D|d)estinations?([A-Z]\w*)?$/,
    where: 'name',
    use: 'exporters, outputs',
    unless: /messagingDestination\w*/,
  },
  { word: /^(own|theirs)$/, where: 'name', use: 'what it is: settings, outputs, expected' },
  { word: /\bforeign\b/, use: 'compat', unless: /\bforeign keys?\b/ },
  { word: /^(p|\w+P)redecessors?$/, where: 'name', files: /^src\//, use: 'replaced agent, legacy config' },
  { word: /^(createForward|openForward|Forward)$/, where: 'name', use: 'ingest' },
  { word: /\botlp\.also\b/, use: 'receive.otlp.additional' },
  { word: /\balso\b(?=\s*[:,}\]])/, where: 'code', use: 'receive.otlp.additional' },
  { word: /\bhouse\b/, use: 'architecture', unless: /\bclick house\b/ },

  // Translation and the store
  { word: /^SpanContext$/, where: 'name', files: /^src\/translate\//, use: 'TranslationContext' },
  { word: /^(Xray)?Place$/, where: 'name', use: 'ConfigContext, AttributeTarget, Route, ListenAddress, XrayEndpoint' },
  { word: /^ProxyAnswer$/, where: 'name', use: 'SamplingAnswer' },
  { word: /^(keepOrigins?|Origins|originsOf|#origins|#?writeOrigins)$/, where: 'name', use: 'SourceRequests' },
  { word: /^([a-z]+S|S|s)pread([A-Z]\w*)?$/, where: 'name', files: /^src\/translate\//, use: 'AttributeRouting' },
  { word: /^(Roles?|roles|rolesOf)$/, where: 'name', files: /^src\/translate\//, use: 'AttributeRouting' },
  { word: /\bembedded form\b|\bembed[- ]text\b/, use: 'escaped JSON, escapeJson' },
  { word: /^literal$/, where: 'name', files: /^src\/(translate|segment)\//, use: 'escapeJson' },
  { word: /^(WHOSE|findWhose|whose)$/, where: 'name', use: 'OWNER_FIELD' },
  { word: /^WHAT$/, where: 'name', use: 'ITEMS_FIELD' },
  {
    word: /\bwhose (keys?|credentials)\b|\bwhose(?=[.,;:)]| (it|they) )/,
    where: 'prose',
    use: 'which credentials; the owner by name',
  },
  { word: /^(Facts|\w+Facts)$/, where: 'name', use: 'TraceIndex, SharedParts' },
  { word: /^[Oo]ccurrences?$/, where: 'name', use: 'segment summary' },
  { word: /^(shapes|[a-z]+Shape)$/, where: 'name', files: /^src\/local\//, use: 'serializers, toX' },
  { word: /^(Memory|ByteMemo)$/, where: 'name', use: 'RecentCache, ByteKeyedCache' },
  { word: /^(\w*Tally|tally)$/, where: 'name', use: 'LabelledCounter' },

  // Tests and the page
  { word: /\bstand-ins?\b/, use: 'fake, FakeXray' },
  { word: /^([a-z]+S|S|s)tandIn\w*$/, where: 'name', use: 'fake, FakeXray' },
  { word: /\bheard\b/, use: 'visually-hidden, onKey', unless: /\bheard (of|from)\b/ },

  // Names that say less than they could
  {
    word: /^(MOST|LEAST)_\w+$|^(most|least)(Ms|Bytes|Seconds|Lines|Count)$/,
    where: 'name',
    use: 'MAX_X, minIntervalMs',
  },
  { word: /^(each|act|make|use|one)$/, where: 'parameter', use: 'a name that says more: onSpan, fn, create, entry' },

  // Sentences
  { word: /\banew\b/, use: 'again' },
  { word: /\bof late\b/, use: 'recently' },
  { word: /\bamiss\b/, use: 'wrong' },
  { word: /\bbeside\b/, use: 'next to' },
  {
    word: /\bbehind\b/,
    use: 'after',
    unless: new RegExp(
      [
        /\b(is|are|was|were|be|falls?|fell|fallen|falling|lags?|lagging|left|leaves?|far|stays?|ms|s|seconds) behind\b/,
        /\bbehind (\S+ ){0,3}(prox(y|ies)|load balancers?|firewalls?|gateways?|ports?|text|page|dialog|panel|line|label)\b/,
        /\bahead of' : 'behind\b/,
      ].map(({ source }) => source).join('|'),
    ),
  },
  { word: /\b(is|are|was|were) to be\b/, use: 'must be' },
  {
    word: /\bgives\b/,
    files: code,
    use: 'returns',
    unless: /\bgives (way|up|in|room|time)\b|\b(kernel|config|user|client|server) gives\b/,
  },
  { word: /\bpromise\b.{0,40}\b(is|was|be) kept\b|\bkept (once|when|as soon as)\b/, use: 'resolves' },
  {
    word:
      /\b(an?|one) (line|file|folder|row|request|test|word|key|batch|block|table) an? (trace|span|segment|need|command|receiver|exporter|issue|error|kind|event|check|component|stage|rule|test|request|batch)\b|\bone a kind\b/,
    use: 'one line per trace',
  },
  { word: /\bwhat (came|comes)( and|,)( \S+){0,3} (went|goes)\b/, use: 'received and sent' },
]
