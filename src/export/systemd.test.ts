import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkForSystemd } from './faults.ts'
import { optionsOf, stackOf } from './fixture.ts'
import { renderSystemd } from './systemd.ts'
import type { SystemdOptions } from './types.ts'

const SHOP = stackOf(`
name = "shop"
data = "{env.SHOP_DATA:-data}"

[daemons.db]
command = ["db", "--dir", "{data}/db", "--format", 'a "%d" $x \\']
bind = "127.0.0.1:5432"
ready = { tcp = true }
restart = "on-failure"
restart_limit = 3
restart_backoff = "2s"
max_rss = "64MiB"
stop_grace = "0s"

[daemons.api]
command = ["./api", "--config", "{config}"]
bind = "127.0.0.1:8080"
needs = ["db"]
ready = { http = "/health", log = "up", command = ["./check", "{data}", "{env.CHECK_KEY}"] }
alive = { http = "/health" }
env = { GREETING = "50% \\"off\\"", API_TOKEN = "{env.TOKEN}", DSN = "db://u:{env.TOKEN}@{bind.db}" }

[config.api]
database = "{bind.db}"
pin = "{env.TOKEN}"
`)
const ENV = { TOKEN: 'hunter2-hunter2', CHECK_KEY: 'check-me' }

function render(o: SystemdOptions): Record<string, string> {
  const rendered = renderSystemd(o)
  if (!rendered.ok) throw new Error(rendered.error.join('\n'))
  return Object.fromEntries(rendered.value.files.map(({ name, text }) => [name, text]))
}

function faultsOf(text: string, o: Partial<SystemdOptions> & { readonly env?: NodeJS.ProcessEnv } = {}) {
  const rendered = renderSystemd(optionsOf(stackOf(text), o))
  return rendered.ok ? [] : rendered.error
}

describe('the units of a stack', () => {
  const files = render(optionsOf(SHOP, { env: ENV }))

  it('one service a daemon, a target, the configuration, templates of what is secret', () => {
    expect(Object.keys(files)).toEqual([
      'smokechain-shop.target',
      'smokechain-shop-db.service',
      'smokechain-shop-api.service',
      'smokechain-shop-api.env.example',
      'smokechain-shop.toml',
      'smokechain-shop.env.example',
    ])
  })

  it('a service', () => {
    expect(files['smokechain-shop-db.service']).toMatchInlineSnapshot(`
      "# Rendered by \`smokechain export systemd\`. Render it again rather than editing it; what is yours goes into a
      # drop-in: systemctl edit smokechain-shop-db.service
      [Unit]
      Description=db of the stack shop
      PartOf=smokechain-shop.target
      StartLimitIntervalSec=188s
      StartLimitBurst=4

      [Service]
      Type=exec
      ExecStart=:"/usr/bin/api" "--dir" "/var/lib/shop/db" "--format" "a \\"%%d\\" $x \\\\"
      ExecStartPost=:"/usr/bin/node" "/opt/smokechain/src/smokechain.mjs" "wait" "db" "--stack" "/srv/shop/stacks/shop.toml"
      WorkingDirectory=/srv/shop
      User=shop
      TimeoutStartSec=30s
      TimeoutStopSec=1ms
      KillMode=control-group
      Restart=always
      RestartSec=2s
      MemoryMax=268435456
      UMask=0077
      NoNewPrivileges=yes
      RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
      RestrictSUIDSGID=yes
      RestrictRealtime=yes
      LockPersonality=yes
      ProtectSystem=strict
      ProtectHome=yes
      PrivateTmp=yes
      ReadWritePaths="/var/lib/shop"
      PrivateDevices=yes
      ProtectKernelTunables=yes
      ProtectKernelModules=yes
      ProtectControlGroups=yes
      ProtectClock=yes
      ProtectHostname=yes
      CapabilityBoundingSet=
      SystemCallArchitectures=native
      IPAddressDeny=any
      IPAddressAllow=localhost

      [Install]
      WantedBy=smokechain-shop.target
      "
    `)
  })

  it('a service that needs another, and is told secrets', () => {
    expect(files['smokechain-shop-api.service']).toMatchInlineSnapshot(`
      "# Rendered by \`smokechain export systemd\`. Render it again rather than editing it; what is yours goes into a
      # drop-in: systemctl edit smokechain-shop-api.service
      [Unit]
      Description=api of the stack shop
      PartOf=smokechain-shop.target
      Wants=smokechain-shop-db.service
      After=smokechain-shop-db.service

      [Service]
      Type=exec
      ExecStart=:"/usr/bin/api" "--config" "/etc/shop/smokechain-shop.toml"
      ExecStartPost=:"/usr/bin/node" "/opt/smokechain/src/smokechain.mjs" "wait" "api" "--stack" "/srv/shop/stacks/shop.toml" "--data" "/var/lib/shop"
      WorkingDirectory=/srv/shop
      Environment="GREETING=50%% \\"off\\""
      EnvironmentFile=/etc/shop/smokechain-shop-api.env
      User=shop
      TimeoutStartSec=30s
      TimeoutStopSec=5s
      KillMode=control-group
      Restart=no
      UMask=0077
      NoNewPrivileges=yes
      RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
      RestrictSUIDSGID=yes
      RestrictRealtime=yes
      LockPersonality=yes
      ProtectSystem=strict
      ProtectHome=yes
      PrivateTmp=yes
      ReadWritePaths="/var/lib/shop"
      PrivateDevices=yes
      ProtectKernelTunables=yes
      ProtectKernelModules=yes
      ProtectControlGroups=yes
      ProtectClock=yes
      ProtectHostname=yes
      CapabilityBoundingSet=
      SystemCallArchitectures=native
      IPAddressDeny=any
      IPAddressAllow=localhost

      [Install]
      WantedBy=smokechain-shop.target
      "
    `)
  })

  it('the target', () => {
    expect(files['smokechain-shop.target']).toMatchInlineSnapshot(`
      "# Rendered by \`smokechain export systemd\`. Render it again rather than editing it.
      [Unit]
      Description=All daemons of the stack shop
      Wants=smokechain-shop-db.service
      Wants=smokechain-shop-api.service

      [Install]
      WantedBy=multi-user.target
      "
    `)
  })

  it('templates name variables and hold no value', () => {
    expect(files['smokechain-shop-api.env.example']).toMatchInlineSnapshot(`
      "# What api is told in secret. Fill in the values, then:
      #   install -m 600 THIS /etc/shop/smokechain-shop-api.env
      # systemd.exec(5), EnvironmentFile=: NAME=value, one a line; "…" around a value keeps blanks and #.
      API_TOKEN=
      DSN=
      CHECK_KEY=
      "
    `)
    expect(files['smokechain-shop.env.example']).toMatchInlineSnapshot(`
      "# What the stack file of "shop" reads as {env.NAME}. Fill in, keep it to yourself (chmod 600), then:
      #   set -a; . ./smokechain-shop.env; set +a

      # optional, the stack file has a default; read by data
      #SHOP_DATA=

      # required; read by [daemons.api], [config]
      TOKEN=

      # required; read by [daemons.api]
      CHECK_KEY=
      "
    `)
  })

  it('a secret stands in the configuration, which is marked as secret, and nowhere else', () => {
    const rendered = renderSystemd(optionsOf(SHOP, { env: ENV }))
    const holders = rendered.ok ? rendered.value.files.filter(({ text }) => text.includes(ENV.TOKEN)) : []
    expect(holders.map(({ name, secret }) => ({ name, secret }))).toEqual([
      { name: 'smokechain-shop.toml', secret: true },
    ])
  })

  it('says what the units cannot do', () => {
    const rendered = renderSystemd(optionsOf(SHOP, { env: ENV }))
    expect(rendered.ok && rendered.value.remarks).toEqual([
      'only who starts a daemon can ask these probes; the units do without: api (log)',
      'systemd has nothing for `alive`; it notices only the end of: api',
    ])
  })

  it('units of a user have no owner, and only the hardening that a user may ask for', () => {
    const service = render(optionsOf(SHOP, { env: ENV, scope: 'user' }))['smokechain-shop-db.service']
    expect(service).toContain('NoNewPrivileges=yes')
    expect(service).not.toMatch(/^(User|ProtectSystem|IPAddressDeny|ReadWritePaths)=/m)
  })

  it('a daemon that is exposed may be reached; one with a low port may bind it', () => {
    const text = '[daemons.web]\ncommand = ["web"]\nbind = "0.0.0.0:443"\nexpose = true\n'
    const service = render(optionsOf(stackOf(text)))['smokechain-shop-web.service']
    expect(service).toContain('AmbientCapabilities=CAP_NET_BIND_SERVICE')
    expect(service).toContain('After=network-online.target')
    expect(service).not.toContain('IPAddressDeny')
  })

  it('what lies at home is not hidden from itself', () => {
    const o = optionsOf(SHOP, { env: ENV, outDir: '/home/shop/units' })
    expect(render(o)['smokechain-shop-db.service']).toContain('ProtectHome=read-only')
  })
})

describe('refused', () => {
  it('leased ports and names that systemd does not take, each at its place', () => {
    const stack = stackOf(
      'name = "a b"\n[daemons.x]\ncommand = ["x"]\nbinds = { http = "127.0.0.1:0", admin = "127.0.0.1:9" }\n',
    )
    expect(checkForSystemd(stack).map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['name', `"a b" cannot be part of a unit's name`],
      ['daemons.x.binds.http', 'x has no fixed port for its socket http'],
    ])
    expect(checkForSystemd(SHOP)).toEqual([])
  })

  it('a secret on a command line', () => {
    const text = '[daemons.x]\ncommand = ["x", "--key={env.API_KEY}"]\n'
    expect(faultsOf(text, { env: { API_KEY: 'hunter2-hunter2' } })).toEqual([
      expect.stringMatching(/^x: its command holds a secret/),
    ])
  })

  it('variables that systemd would silently ignore', () => {
    const text = '[daemons.x]\ncommand = ["x"]\nenv = { "a.b" = "1", BELL = "\\u0007" }\n'
    expect(faultsOf(text)).toEqual([
      'x: systemd ignores a variable named "a.b"; letters, digits and _ only',
      'x: the value of BELL holds a control character',
    ])
  })

  it('a user whose name would be another line of the unit', () => {
    const o = { runAs: 'shop\nExecStartPre=/bin/sh' }
    expect(faultsOf('[daemons.x]\ncommand = ["x"]\n', o)).toEqual([
      expect.stringMatching(/is no name of a user/),
    ])
  })

  it('folders that a unit cannot name, or cannot see', () => {
    const text = '[daemons.x]\ncommand = ["x"]\n'
    expect(faultsOf(text, { dataDir: '/tmp/data', outDir: '/etc/a\nb' })).toEqual([
      expect.stringMatching(/the folder of the units .* holds a line break/),
      expect.stringMatching(/the folder of the data is \/tmp\/data: units get a \/tmp of their own/),
    ])
    expect(faultsOf(text, { dataDir: '/tmp/data', scope: 'user' })).toEqual([])
  })
})

/** Where it is not there, the status is null. */
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0

it.runIf(hasSystemd)('systemd itself finds nothing wrong (where systemd-analyze is there)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'units-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const files = render(
    optionsOf(SHOP, {
      env: ENV,
      // A program that is there, and not in a temporary folder, wherever this checkout is.
      program: '/bin/true',
      tool: ['/bin/true', '/opt/it.mjs'],
      scope: 'system',
    }),
  )
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const units = Object.keys(files).filter((name) => /\.(service|target)$/.test(name))
  const args = ['verify', '--man=no', '--recursive-errors=no', ...units.map((name) => join(folder, name))]
  const { status, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
