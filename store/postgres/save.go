package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

// maxSave is how many changes one transaction holds.
const maxSave = 1000

// Save commits up to maxSave changes in one transaction.
func (s *Store) Save(ctx context.Context, changes []escalation.Change) ([]escalation.Saved, error) {
	saved := make([]escalation.Saved, 0, len(changes))
	for _, round := range row.Rounds(changes, maxSave) {
		var did []escalation.Saved
		err := s.inTx(ctx, func(t *tx) (err error) {
			did, err = save(t, round)
			return err
		})
		if err != nil {
			return nil, wrap("save changes", err)
		}
		saved = append(saved, did...)
	}
	return saved, nil
}

// save writes changes that name no timeline and no mention twice.
func save(t *tx, changes []escalation.Change) ([]escalation.Saved, error) {
	saved := make([]escalation.Saved, len(changes))
	if err := lockMentions(t, changes, saved); err != nil {
		return nil, err
	}
	queueLockBefore(t, changes)
	if err := saveTimelines(t, changes, saved); err != nil {
		return nil, err
	}
	var done []escalation.Change
	var events eventRows
	var jobs jobRows
	var acted mentionRows
	for i, c := range changes {
		if saved[i] != escalation.SavedOK {
			continue
		}
		done = append(done, c)
		for _, e := range c.Events {
			if err := events.add(e); err != nil {
				return nil, err
			}
		}
		for _, j := range c.Jobs {
			// No other value here is the time at which the job was made.
			if err := jobs.add(j, j.RunAt); err != nil {
				return nil, err
			}
		}
		if c.Mention != nil {
			acted.add(*c.Mention)
		}
	}
	events.queueInsert(t)
	jobs.queueInsert(t)
	if err := jobs.insertWaiting(t, true); err != nil {
		return nil, err
	}
	if len(acted.ts) > 0 {
		t.queue(`update mentions m set acted_on = true
			from unnest($1::text[], $2::text[], $3::text[]) as u (workspace, channel, ts)
			where m.workspace = u.workspace and m.channel = u.channel and m.ts = u.ts`,
			acted.workspace, acted.channel, acted.ts)
	}
	for _, q := range row.Queues(done) {
		queueNotify(t, wake.Jobs(q))
	}
	return saved, nil
}

// queueLockBefore queues the locking of the jobs that new ones are to come after, and that are there.
func queueLockBefore(t *tx, changes []escalation.Change) {
	var ids []string
	for _, c := range changes {
		for _, j := range c.Jobs {
			ids = append(ids, j.After...)
		}
	}
	if len(ids) > 0 {
		t.queue(`select 1 from jobs where id = any($1) order by id for update`, uuids(ids))
	}
}

// lockMentions marks as repeats the changes whose mention was acted on, and locks the others'.
func lockMentions(t *tx, changes []escalation.Change, saved []escalation.Saved) error {
	asked := false
	for i, c := range changes {
		if c.Mention == nil {
			continue
		}
		asked = true
		// One that was never heard is entered here; nobody will wait for it.
		t.queue(`insert into mentions (workspace, channel, ts, thread_ts, author, said, heard_at, acted_on)
			values ($1, $2, $3, '', '', '', 'epoch', false)
			on conflict (workspace, channel, ts) do update set acted_on = mentions.acted_on
			returning acted_on`, c.Mention.Workspace, c.Mention.Channel, c.Mention.TS).
			QueryRow(func(r pgx.Row) error {
				var actedOn bool
				err := r.Scan(&actedOn)
				if actedOn {
					saved[i] = escalation.SavedRepeats
				}
				return err
			})
	}
	if !asked {
		return nil
	}
	return t.send()
}

// saveTimelines writes the timelines of the changes that are not decided yet, and decides them.
func saveTimelines(t *tx, changes []escalation.Change, saved []escalation.Saved) error {
	var ts []*escalation.Timeline
	for i, ch := range changes {
		if saved[i] == "" && ch.Timeline != nil {
			ts = append(ts, ch.Timeline)
		}
	}
	slices.SortFunc(ts, func(a, b *escalation.Timeline) int { return strings.Compare(a.ID, b.ID) })
	var c timelineRows
	for _, tl := range ts {
		if err := c.add(*tl); err != nil {
			return err
		}
	}
	written := map[string]bool{}
	if len(c.id) > 0 {
		c.queueUpdate(t, written)
		if err := t.send(); err != nil {
			return err
		}
	}
	for i, ch := range changes {
		switch {
		case saved[i] != "":
		case ch.Timeline == nil || written[ch.Timeline.ID]:
			saved[i] = escalation.SavedOK
		default:
			saved[i] = escalation.SavedStale
		}
	}
	return nil
}

// eventRows are events as columns.
type eventRows struct {
	timeline []pgtype.UUID
	at       []pgtype.Timestamptz
	kind     []string
	tier     []int32
	details  []string
}

func (c *eventRows) add(e escalation.Event) error {
	id, err := uuid(e.Timeline)
	if err != nil {
		return err
	}
	details, err := row.Details(e)
	if err != nil {
		return err
	}
	c.timeline = append(c.timeline, id)
	c.at = append(c.at, stamp(e.At))
	c.kind = append(c.kind, string(e.Kind))
	c.tier = append(c.tier, int32(e.Tier))
	c.details = append(c.details, details)
	return nil
}

func (c *eventRows) queueInsert(t *tx) {
	if len(c.timeline) == 0 {
		return
	}
	t.queue(`insert into history (timeline_id, at, kind, tier, details)
		select unnest($1::uuid[]), unnest($2::timestamptz[]), unnest($3::text[]), unnest($4::integer[]), unnest($5::text[])`,
		c.timeline, c.at, c.kind, c.tier, c.details)
}

// timelineRows are timelines as columns, to be unnested.
type timelineRows struct {
	id                                            []pgtype.UUID
	version                                       []int64
	workspace, channel, thread, ticket            []string
	policy, state, body                           []string
	posted, deadline, next, asked, answered, shut []pgtype.Timestamptz
	breached                                      []pgtype.Timestamptz
	moved                                         []string
}

func (c *timelineRows) add(t escalation.Timeline) error {
	id, err := uuid(t.ID)
	if err != nil {
		return err
	}
	body, err := row.Body(t)
	if err != nil {
		return err
	}
	c.id = append(c.id, id)
	c.version = append(c.version, t.Version)
	c.workspace = append(c.workspace, t.Workspace)
	c.channel = append(c.channel, t.Channel)
	c.thread = append(c.thread, t.TS)
	c.ticket = append(c.ticket, t.Ticket.ID)
	c.policy = append(c.policy, t.Policy)
	c.state = append(c.state, string(t.State))
	c.posted = append(c.posted, stamp(t.PostedAt))
	c.deadline = append(c.deadline, stamp(t.FirstReply().Deadline))
	c.next = append(c.next, stamp(t.NextAt()))
	c.asked = append(c.asked, stamp(t.AskedAt))
	c.answered = append(c.answered, stamp(t.AnsweredAt))
	c.shut = append(c.shut, stamp(t.ClosedAt))
	c.breached = append(c.breached, stamp(t.FirstReply().BreachedAt))
	c.moved = append(c.moved, t.Moved)
	c.body = append(c.body, body)
	return nil
}

// updateTimelines writes those rows whose version is still the one named. One that was closed opens again only
// if no other timeline of the ticket is open.
const updateTimelines = `
update timelines t set version = t.version + 1, policy = u.policy, state = u.state,
	deadline = u.deadline, next_at = u.next_at, asked_at = u.asked_at, answered_at = u.answered_at,
	closed_at = u.closed_at, breached_at = u.breached_at, body = u.body, moved_ts = u.moved_ts
from (select unnest($1::uuid[]) as id, unnest($2::bigint[]) as version, unnest($3::text[]) as policy,
	unnest($4::text[]) as state, unnest($5::timestamptz[]) as deadline, unnest($6::timestamptz[]) as next_at,
	unnest($7::timestamptz[]) as asked_at, unnest($8::timestamptz[]) as answered_at,
	unnest($9::timestamptz[]) as closed_at, unnest($10::timestamptz[]) as breached_at, unnest($11::text[]) as body,
	unnest($12::text[]) as moved_ts) u
where t.id = u.id and t.version = u.version and (u.state <> 'open' or t.state = 'open' or not exists (
	select 1 from timelines o where o.workspace = t.workspace and o.ticket_id = t.ticket_id and o.state = 'open'))
returning t.id`

// queueUpdate queues updateTimelines and puts the ids of the rows it wrote into done.
func (c *timelineRows) queueUpdate(t *tx, done map[string]bool) {
	t.queue(updateTimelines, c.id, c.version, c.policy, c.state, c.deadline, c.next, c.asked,
		c.answered, c.shut, c.breached, c.body, c.moved).Query(func(rows pgx.Rows) error {
		ids, err := collect(rows, nil, row.Value[string])
		for _, id := range ids {
			done[id] = true
		}
		return err
	})
}
