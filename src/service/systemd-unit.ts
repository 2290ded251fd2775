/** What a unit of systemd runs. */
export interface UnitSettings {
  /** The executable, by its whole path. */
  readonly program: string
  /** By its whole path; undefined for the defaults. */
  readonly config: string | undefined
}

/**
 * The unit of the agent: a user of its own that exists while it runs, a folder for the spool, told apart from all that
 * it does not need. It says when it is ready, and that it is alive; systemd-notify says it, hence NotifyAccess=all.
 * The log is what it writes to stderr; a line a trace, on stdout, is for terminals. Memory must stay writable and executable: the runtime compiles code.
 */
export function systemdUnit({ program, config }: UnitSettings): string {
  const run = [program, 'run', ...(config === undefined ? [] : ['--config', config])].map(quote).join(' ')
  return `[Unit]
Description=Röntgen, which brings traces to AWS X-Ray
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
NotifyAccess=all
ExecStart=${run}
ExecReload=/bin/kill -HUP $MAINPID
Environment=RONTGEN_QUEUE_DIR=/var/lib/rontgen
Restart=always
RestartSec=1
TimeoutStartSec=30
TimeoutStopSec=30
WatchdogSec=30
StandardOutput=null

DynamicUser=yes
User=rontgen
StateDirectory=rontgen
StateDirectoryMode=0750
LogsDirectory=rontgen
LimitNOFILE=65536
UMask=0027

AmbientCapabilities=
CapabilityBoundingSet=
LockPersonality=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
PrivateUsers=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=read-only
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`
}

function quote(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /[\s"'\\]/.test(escaped) ? `"${escaped.replace(/["\\]/g, '\\$&')}"` : escaped
}
