/** What the unit runs. */
export interface UnitSettings {
  /** Absolute path of the executable. */
  readonly program: string
  /** Absolute path of the config; undefined for the defaults. */
  readonly config: string | undefined
}

/**
 * The text of the agent's systemd unit. The agent has a dynamic user and a state folder, and is isolated from everything
 * that it does not need. It notifies systemd through systemd-notify, hence NotifyAccess=all. Its log is stderr; stdout has
 * one line per trace, for terminals. Memory must stay writable and executable, as the runtime compiles code.
 */
export function systemdUnit({ program, config }: UnitSettings): string {
  const run = [program, 'run', ...(config === undefined ? [] : ['--config', config])].map(quote).join(' ')
  return `[Unit]
Description=Röntgen, which delivers traces to AWS X-Ray
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
UMask=0077

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
