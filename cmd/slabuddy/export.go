package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/review"
)

type exportCmd struct {
	Since since `help:"Only tickets posted since then: so long ago, such as 90d or 12h, or since a date or time (UTC), such as 2026-01-01." default:"90d" placeholder:"90d"`
	CSV   bool  `name:"csv" help:"For a spreadsheet: a header, and a row for each timeline." xor:"format" required:""`
	JSON  bool  `name:"json" help:"For programs: one array of objects, one on each line, with tiers and history." xor:"format" required:""`
}

// Help says what the flags do not.
func (exportCmd) Help() string {
	return "Timelines come in the order in which they were opened, and are written while they are read, " +
		"however many there are. The bot may run meanwhile. With an exit code other than 0 what was written is not complete."
}

// since is a time on the command line, or how long ago.
type since struct {
	ago time.Duration // 0: at counts
	at  time.Time
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *since) UnmarshalText(text []byte) error {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, string(text)); err == nil {
			*s = since{at: at}
			return nil
		}
	}
	ago, err := config.ParseDuration(string(text))
	if err != nil || ago <= 0 {
		return fmt.Errorf("%q says no time; write how long ago, such as 90d or 12h, or a date such as 2026-01-01", text)
	}
	*s = since{ago: ago}
	return nil
}

func (s since) before(now time.Time) time.Time {
	if s.ago > 0 {
		return now.Add(-s.ago)
	}
	return s.at.UTC() // the zero time is one too: 0001-01-01
}

// sheet is what an export is written as.
type sheet interface {
	begin() error
	add(e exported) error
	end() error
}

// exported is a timeline as it is exported. Its JSON is relied on: keys may be added, and none taken away.
type exported struct {
	review.Review
	Clocks []exportedClock `json:"clocks"`
}

// exportedClock is one promise: a next reply has one for each time that the customer wrote.
type exportedClock struct {
	Clock      policy.ClockKind `json:"clock"`
	StartedAt  time.Time        `json:"started_at"`
	Deadline   time.Time        `json:"deadline,omitzero"`
	Outcome    report.Outcome   `json:"outcome"`
	BreachedAt time.Time        `json:"breached_at,omitzero"`
	EndedAt    time.Time        `json:"ended_at,omitzero"`
}

func exportedOf(r review.Record, called review.Names, now time.Time) exported {
	e := exported{Review: review.Of(r, called, now), Clocks: []exportedClock{}}
	for _, p := range report.Promises(r, now) {
		e.Clocks = append(e.Clocks, exportedClock{p.Clock, p.Start, p.Deadline, p.Outcome, p.BreachedAt, p.EndedAt})
	}
	return e
}

func (c exportCmd) Run(in *invocation) error {
	configured, err := config.Load(in.configPath)
	if err != nil {
		return err
	}
	s, err := openStore(in)
	if err != nil {
		return err
	}
	defer s.Close()
	out := bufio.NewWriterSize(in.stdout, 64<<10)
	err = c.export(in.ctx, s, app.NewPast(in.ctx, s, configured, rightNow()), c.sheet(out))
	if err = cmp.Or(err, out.Flush()); err != nil {
		return fmt.Errorf("the export is not complete: %w", err)
	}
	return nil
}

func (c exportCmd) sheet(out io.Writer) sheet {
	if c.CSV {
		return newCSVSheet(out)
	}
	return newJSONSheet(out)
}

// export writes the timelines as they stand now. None is held longer than it takes to write it.
func (c exportCmd) export(ctx context.Context, s review.Store, past *app.Past, to sheet) error {
	now := rightNow()
	if err := to.begin(); err != nil {
		return err
	}
	for record, err := range review.All(ctx, s, "", c.Since.before(now)) {
		if err != nil {
			return err
		}
		called, err := past.Names(ctx, record.Timeline.Workspace)
		if err != nil {
			return err
		}
		if err := to.add(exportedOf(record, called, now)); err != nil {
			return err
		}
	}
	return to.end()
}
