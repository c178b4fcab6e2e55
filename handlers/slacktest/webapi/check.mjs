// Drives the simulated Slack with Slack's own client. webapi_test.go starts the simulator, and this
// with what it needs to know.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorCode, LogLevel, WebClient } from '@slack/web-api'

const { SLACK_API_URL, TOKEN, CHANNEL, PERSON, TRIGGER, CLIENT_ID, CLIENT_SECRET, CODE, REDIRECT } = process.env
const options = { slackApiUrl: SLACK_API_URL, logLevel: LogLevel.ERROR }
const slack = new WebClient(TOKEN, options)

const refused = code => error => {
  assert.equal(error.code, ErrorCode.PlatformError)
  assert.equal(error.data.error, code)
  return true
}

test('auth.test, with the scopes', async () => {
  const me = await slack.auth.test()
  assert.equal(me.team_id, 'T0SLABUDDY')
  assert.equal(me.bot_id, 'B0SLABUDDY')
  assert.ok(me.response_metadata.scopes.includes('chat:write'))
  await assert.rejects(new WebClient('xoxb-other', options).auth.test(), refused('invalid_auth'))
})

test('a message is posted, changed and read, with its metadata', async () => {
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'Nobody has answered *42*' } }]
  const metadata = { event_type: 'reminder', event_payload: { job: 'j1' } }
  const posted = await slack.chat.postMessage({ channel: CHANNEL, text: 'Nobody has answered 42', blocks, metadata })
  const changed = await slack.chat.update({ channel: CHANNEL, ts: posted.ts, text: 'Ana has answered 42', blocks: [] })
  assert.equal(changed.text, 'Ana has answered 42')
  const { messages } = await slack.conversations.history({ channel: CHANNEL, latest: posted.ts, inclusive: true, limit: 1, include_all_metadata: true })
  assert.equal(messages[0].text, 'Ana has answered 42')
  assert.deepEqual(messages[0].metadata, metadata)
  await assert.rejects(slack.chat.update({ channel: CHANNEL, ts: '1.000000', text: 'a' }), refused('message_not_found'))
})

test('a thread is read with what its parent tells of it', async () => {
  const parent = await slack.chat.postMessage({ channel: CHANNEL, text: 'parent' })
  const reply = await slack.chat.postMessage({ channel: CHANNEL, text: 'reply', thread_ts: parent.ts })
  const thread = await slack.conversations.replies({ channel: CHANNEL, ts: parent.ts })
  assert.deepEqual(thread.messages.map(m => m.text), ['parent', 'reply'])
  assert.equal(thread.messages[0].reply_count, 1)
  assert.equal(thread.messages[0].latest_reply, reply.ts)
  const link = await slack.chat.getPermalink({ channel: CHANNEL, message_ts: reply.ts })
  assert.match(link.permalink, /archives\/C0SUPPORT\/p\d{16}\?thread_ts=/)
})

test('history and users come page by page', async () => {
  for (let i = 0; i < 5; i++) await slack.chat.postMessage({ channel: CHANNEL, text: `page ${i}` })
  const texts = []
  let pages = 0
  for await (const page of slack.paginate('conversations.history', { channel: CHANNEL, limit: 2 })) {
    pages++
    texts.push(...page.messages.map(m => m.text))
  }
  assert.deepEqual(texts.filter(t => t.startsWith('page')), ['page 4', 'page 3', 'page 2', 'page 1', 'page 0'])
  assert.ok(pages > 2)
  const members = []
  for await (const page of slack.paginate('users.list', { limit: 1 })) members.push(...page.members)
  assert.ok(members.some(u => u.id === PERSON))
})

test('people and channels', async () => {
  const { user } = await slack.users.info({ user: PERSON })
  assert.equal(user.profile.email, 'ana@example.com')
  assert.equal(user.is_admin, true)
  const { channel } = await slack.conversations.info({ channel: CHANNEL })
  assert.equal(channel.is_member, true)
  assert.deepEqual((await slack.conversations.members({ channel: CHANNEL })).members, [PERSON, 'U0SLABUDDY'])
  await assert.rejects(slack.users.info({ user: 'U0NOBODY' }), refused('user_not_found'))
})

test('one person alone sees an ephemeral message', async () => {
  assert.match((await slack.chat.postEphemeral({ channel: CHANNEL, user: PERSON, text: 'why' })).message_ts, /^\d+\.\d{6}$/)
  await assert.rejects(slack.chat.postEphemeral({ channel: CHANNEL, user: 'U0NOBODY', text: 'why' }), refused('user_not_in_channel'))
})

test('views are opened, updated and published', async () => {
  const text = text => ({ type: 'plain_text', text })
  const input = { type: 'input', block_id: 'after', label: text('After'), element: { type: 'plain_text_input', action_id: 'after' } }
  const view = { type: 'modal', title: text('Set up'), submit: text('Save'), blocks: [input] }
  const opened = await slack.views.open({ trigger_id: TRIGGER, view })
  const updated = await slack.views.update({ view_id: opened.view.id, hash: opened.view.hash, view: { ...view, title: text('Set up #2') } })
  assert.equal(updated.view.title.text, 'Set up #2')
  await assert.rejects(slack.views.update({ view_id: opened.view.id, hash: opened.view.hash, view }), refused('hash_conflict'))
  await assert.rejects(slack.views.open({ trigger_id: TRIGGER, view }), refused('exchanged_trigger_id'))
  const published = await slack.views.publish({ user_id: PERSON, view: { type: 'home', blocks: [{ type: 'divider' }] } })
  assert.equal(published.view.type, 'home')
})

test('a code is exchanged, once', async () => {
  const stranger = new WebClient(undefined, options)
  const request = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET, code: CODE, redirect_uri: REDIRECT }
  await assert.rejects(stranger.oauth.v2.access({ ...request, client_secret: 'wrong' }), refused('bad_client_secret'))
  const installed = await stranger.oauth.v2.access(request)
  assert.equal(installed.team.id, 'T0GLOBEX')
  const me = await new WebClient(installed.access_token, options).auth.test()
  assert.equal(me.team_id, 'T0GLOBEX')
  await assert.rejects(stranger.oauth.v2.access(request), refused('code_already_used'))
})

test('a 429 is waited for, or told', async () => {
  assert.equal((await slack.bots.info({ bot: 'B0SLABUDDY' })).bot.name, 'slabuddy') // the first answer is a 429
  const hasty = new WebClient(TOKEN, { ...options, rejectRateLimitedCalls: true })
  await hasty.users.lookupByEmail({ email: 'ana@example.com' })
  await assert.rejects(hasty.users.lookupByEmail({ email: 'ana@example.com' }), error => {
    assert.equal(error.code, ErrorCode.RateLimitedError)
    assert.equal(error.retryAfter, 3600)
    return true
  })
})
