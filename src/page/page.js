// The page's own script: it searches the logs, and leads from a place in time to the lines of that time.
// What comes from the run is only ever put in as text.
;(() => {
  const byId = (id) => document.getElementById(id)
  const make = (tag, className, text) => {
    const element = document.createElement(tag)
    if (className) element.className = className
    if (text !== undefined) element.textContent = text
    return element
  }
  for (const element of document.querySelectorAll('.hint, .tools, .logs-of')) element.hidden = false

  const hidePassed = (hide) => {
    byId('smokes').classList.toggle('only-red', hide)
    document.querySelector('[data-do="hide-passed"]')?.setAttribute('aria-pressed', String(hide))
  }

  document.addEventListener('click', (event) => {
    const todo = event.target.closest('[data-do]')?.dataset.do
    if (todo === 'hide-passed') hidePassed(!byId('smokes').classList.contains('only-red'))
    else if (todo !== undefined) {
      for (const smoke of document.querySelectorAll('.smoke')) smoke.open = todo === 'open-all'
    }
  })

  // A place inside of something closed is opened when it is gone to.
  const reveal = (target) => {
    if (target.closest('.smoke.c-pass')) hidePassed(false)
    for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true
  }
  const revealHash = () => {
    const target = byId(decodeURIComponent(location.hash.slice(1)))
    if (!target) return
    reveal(target)
    target.scrollIntoView()
  }
  addEventListener('hashchange', revealHash)
  if (location.hash) revealHash()

  const source = byId('log-data')
  if (!source) {
    for (const button of document.querySelectorAll('.logs-of')) button.hidden = true
    return
  }

  const { daemons, lines } = JSON.parse(source.textContent)
  const search = byId('log-search')
  const daemon = byId('log-daemon')
  const raw = byId('log-raw')
  const list = byId('log-lines')
  const more = byId('log-more')
  const told = byId('log-count')
  const frame = byId('log-window')
  const PAGE = 400
  // A line arrives a little after what it tells of, milliseconds.
  const SLACK = 25
  let span
  let found = []
  let shown = 0

  const seconds = (ms) => (ms === null ? '' : (ms / 1000).toFixed(3))

  const putText = (parent, text, needle) => {
    if (needle === '') {
      parent.append(text)
      return
    }
    const lower = text.toLowerCase()
    let from = 0
    for (let at = lower.indexOf(needle); at !== -1; at = lower.indexOf(needle, from)) {
      parent.append(text.slice(from, at), make('mark', '', text.slice(at, at + needle.length)))
      from = at + needle.length
    }
    parent.append(text.slice(from))
  }

  const LEVELS = {
    40: 'warn',
    50: 'error',
    60: 'error',
    warn: 'warn',
    warning: 'warn',
    error: 'error',
    fatal: 'error',
  }
  const DULL = new Set(['level', 'time', 'service', 'msg', 'message', 'pid', 'hostname', 'timestamp', 'ts'])

  // A line that is JSON with a message reads better as its message and the rest.
  const parse = (text) => {
    if (raw.checked || text[0] !== '{') return undefined
    try {
      const value = JSON.parse(text)
      const message = value.msg ?? value.message
      return typeof message === 'string' ? { value, message } : undefined
    } catch {
      return undefined
    }
  }

  const showLine = ([index, ms, text, note], needle) => {
    const row = make('div')
    const message = make('span', 'm')
    const parsed = note ? undefined : parse(text)
    if (note) row.className = 'note'
    if (parsed) {
      const { value } = parsed
      row.className = LEVELS[String(value.level).toLowerCase()] ?? ''
      putText(message, parsed.message, needle)
      const rest = Object.entries(value)
        .filter(([key]) => !DULL.has(key))
        .map(([key, item]) => `${key}=${typeof item === 'string' ? item : JSON.stringify(item)}`)
      const tail = make('span', 'rest')
      putText(tail, rest.length > 0 ? `  ${rest.join('  ')}` : '', needle)
      message.append(tail)
    } else putText(message, text, needle)
    row.append(make('span', 't', seconds(ms)), make('span', 'd', daemons[index]), message)
    return row
  }

  const showMore = () => {
    const needle = search.value.trim().toLowerCase()
    const next = found.slice(shown, shown + PAGE)
    const rows = document.createDocumentFragment()
    for (const line of next) rows.append(showLine(line, needle))
    list.append(rows)
    shown += next.length
    const left = found.length - shown
    more.hidden = left === 0
    more.textContent = `Show ${Math.min(left, PAGE)} more of ${left}`
  }

  const update = () => {
    const needle = search.value.trim().toLowerCase()
    const wanted = daemon.value === '' ? -1 : daemons.indexOf(daemon.value)
    found = lines.filter(
      ([index, ms, text]) =>
        (wanted === -1 || index === wanted) &&
        (!span || (ms !== null && ms >= span.from - SLACK && ms <= span.to + SLACK)) &&
        (needle === '' || text.toLowerCase().includes(needle)),
    )
    list.replaceChildren()
    shown = 0
    showMore()
    if (found.length === 0) list.append(make('div', 'note', 'No line.'))
    told.textContent = `${found.length.toLocaleString('en')} of ${lines.length.toLocaleString('en')} lines`
    frame.hidden = !span
    if (!span) return
    const back = make('a', '', 'back to it')
    back.href = `#${span.id}`
    const all = make('button', '', 'All lines')
    all.type = 'button'
    all.addEventListener('click', () => {
      span = undefined
      update()
    })
    frame.replaceChildren(
      'Logged during ',
      make('b', '', span.name),
      ` (${seconds(span.from)} s to ${seconds(span.to)} s) – `,
      back,
      ' ',
      all,
    )
  }

  /** The lines of the time of a smoke or step. */
  const showTimeOf = (element) => {
    const { from, to } = element.dataset
    if (from === undefined) return false
    const step = element.classList.contains('step')
    const smoke = element.closest('.smoke')?.querySelector('summary b')?.textContent ?? ''
    const title = step ? element.querySelector('.title')?.firstChild?.textContent : ''
    span = { from: Number(from), to: Number(to), id: element.id, name: title ? `${smoke}: ${title}` : smoke }
    update()
    byId('logs').scrollIntoView()
    list.focus({ preventScroll: true })
    return true
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest('.logs-of')
    if (button) {
      const place = button.closest('[data-from]')
      if (place && showTimeOf(place)) event.preventDefault()
      return
    }
    const bar = event.target.closest('.plot a')
    const target = bar && byId(bar.getAttribute('href')?.slice(1))
    if (target && showTimeOf(target)) event.preventDefault()
  })

  document.addEventListener('keydown', (event) => {
    const typing =
      /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName ?? '') && event.target.type !== 'checkbox'
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault()
      byId('logs').scrollIntoView()
      search.focus({ preventScroll: true })
    } else if (event.key === 'Escape' && event.target === search) {
      search.value = ''
      update()
    }
  })

  let waiting
  search.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(update, 60)
  })
  for (const control of [daemon, raw]) control.addEventListener('change', update)
  more.addEventListener('click', showMore)
  const form = document.querySelector('.log-tools')
  form.addEventListener('submit', (event) => event.preventDefault())
  form.hidden = false
  list.hidden = false
  update()
})()
