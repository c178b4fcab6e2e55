package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

type hoursCmd struct {
	Name string    `arg:"" help:"The hours' name under hours in the configuration, or 24x7."`
	From wallTime  `help:"Tell about the time from here; now, if left out." placeholder:"TIME"`
	To   wallTime  `help:"Tell about the time until here; a week later, if left out." placeholder:"TIME"`
	Add  *workTime `help:"Tell when so much working time has passed, such as 4h; --add=-1h counts back, and 0s tells when counting begins." placeholder:"DURATION"`
	At   wallTime  `help:"Count --add from here; now, if left out." placeholder:"TIME"`
	JSON bool      `help:"For programs."`
}

// wallTime is a time on the command line, which may leave out its zone.
type wallTime struct {
	time.Time
	bare bool // the clock of the hours shows it
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (w *wallTime) UnmarshalText(text []byte) (err error) {
	if w.Time, err = time.Parse(time.RFC3339, string(text)); err == nil {
		return nil
	}
	w.bare = true
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateTime, time.DateOnly} {
		if w.Time, err = time.Parse(form, string(text)); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%q is no time; write it as 2026-01-02T09:00, on the clock of the hours, or with a zone as 2026-01-02T09:00:00Z", text)
}

// in is the time, or if none was given, other.
func (w wallTime) in(zone *time.Location, other time.Time) time.Time {
	switch {
	case w.Time.IsZero():
		return other.In(zone)
	case w.bare:
		return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, zone)
	}
	return w.Time.In(zone)
}

// workTime is a duration on the command line. How long a day of it is, the hours say.
type workTime string

// UnmarshalText implements encoding.TextUnmarshaler.
func (w *workTime) UnmarshalText(text []byte) error {
	*w = workTime(text)
	_, err := config.ParseDuration(string(text))
	return err
}

// Validate lets kong refuse what asks for two things at once.
func (cmd hoursCmd) Validate() error {
	span := !cmd.From.Time.IsZero() || !cmd.To.Time.IsZero()
	switch {
	case cmd.Add != nil && span:
		return errors.New("--add counts from --at: leave out --from and --to")
	case cmd.Add == nil && !cmd.At.Time.IsZero():
		return errors.New("--at says where --add counts from: add --add 4h, or write --from")
	}
	return nil
}

// farthest bounds what is listed, which is every day. Counting ends a little later.
const farthest = 10 * 365 * 24 * time.Hour

// reckoned is what hours come to; elapsed or due, as was asked.
type reckoned struct {
	Elapsed *int64       `json:"elapsed,omitempty"` // seconds
	Due     *time.Time   `json:"due,omitempty"`
	Spans   []hours.Span `json:"spans"`
}

func (cmd hoursCmd) Run(in *invocation) error {
	c, err := config.Load(in.configPath)
	if err != nil {
		return err
	}
	h, known := c.Hours[cmd.Name]
	if !known && cmd.Name != policy.AroundTheClock {
		names := append(slices.Sorted(maps.Keys(c.Hours)), policy.AroundTheClock)
		return fmt.Errorf("there are no hours %q; those of the configuration are %s", cmd.Name, strings.Join(names, ", "))
	}
	if len(c.WorkingHours[cmd.Name].Calendars) > 0 {
		if h, err = cmd.read(in, c); err != nil {
			return err
		}
	}
	if cmd.Add != nil {
		return cmd.add(in, h)
	}
	return cmd.printSpan(in, h)
}

// read asks the calendars of closed days.
func (cmd hoursCmd) read(in *invocation, c *config.Config) (*hours.Hours, error) {
	env, err := config.ReadEnv(in.getenv, nil)
	if err != nil {
		return nil, err
	}
	return app.HoursRead(in.ctx, cmd.Name, c, env, slog.New(slog.DiscardHandler), rightNow())
}

// add tells when so much working time has passed.
func (cmd hoursCmd) add(in *invocation, h *hours.Hours) error {
	d, err := config.ParseWorkTime(string(*cmd.Add), h)
	if err != nil {
		return fmt.Errorf("--add %s: %w", *cmd.Add, err)
	}
	at := cmd.At.in(h.Zone(), rightNow().Truncate(time.Second))
	due := h.Add(at, d)
	from, to := at, due
	if d < 0 {
		from, to = due, at
	}
	if to.Sub(from) > farthest {
		return fmt.Errorf("--add %s ends %s: more than 10 years off", *cmd.Add, due.Format(dateShown))
	}
	if cmd.JSON {
		utc := due.UTC()
		return printJSON(in, reckoned{Due: &utc, Spans: inUTC(h.Spans(from, to, nil))})
	}
	switch {
	case d < 0:
		fmt.Fprintf(in.stdout, "%s → %s before %s is %s\n", h.Sum(from, to, nil), config.FormatWorkTime(-d), at.Format(dateShown), due.Format(dateShown))
	case d == 0:
		fmt.Fprintf(in.stdout, "Counting from %s begins %s\n", at.Format(dateShown), due.Format(dateShown))
	default:
		fmt.Fprintf(in.stdout, "%s\nThat is %s, %s of working time after %s.\n", h.Breakdown(at, due, nil), due.Format(dateShown), config.FormatWorkTime(d), at.Format(dateShown))
	}
	return nil
}

// printSpan prints what is open and what is closed of a time.
func (cmd hoursCmd) printSpan(in *invocation, h *hours.Hours) error {
	from := cmd.From.in(h.Zone(), rightNow().Truncate(time.Second))
	to := cmd.To.in(h.Zone(), from.AddDate(0, 0, 7))
	switch {
	case to.Before(from):
		return fmt.Errorf("--to %s comes before --from %s", to.Format(dateShown), from.Format(dateShown))
	case to.Sub(from) > farthest:
		return errors.New("--from and --to are more than 10 years apart")
	}
	spans, elapsed := h.Spans(from, to, nil), h.Elapsed(from, to, nil)
	if cmd.JSON {
		seconds := int64(elapsed / time.Second)
		return printJSON(in, reckoned{Elapsed: &seconds, Spans: inUTC(spans)})
	}
	fmt.Fprintf(in.stdout, "%s, %s: %s of working time from %s until %s\n\n", cmd.Name, h.Zone(), config.FormatWorkTime(elapsed), from.Format(dateShown), to.Format(dateShown))
	return printSpans(plainly(in.stdout), spans)
}

const dateShown = "Mon 2 Jan 2006 15:04 MST"

func printSpans(w io.Writer, spans []hours.Span) error {
	const form = "Mon 2 Jan\t15:04"
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range spans {
		state := "closed"
		if s.Open {
			state = "open"
		}
		fmt.Fprintf(table, "%s\t–\t%s\t%s\t%s\t%s\n", s.From.Format(form), s.To.Format(form), state, config.FormatWorkTime(s.To.Sub(s.From)), s.Reason)
	}
	return table.Flush()
}

// inUTC are spans as programs get them: never null, and in one zone.
func inUTC(spans []hours.Span) []hours.Span {
	all := []hours.Span{}
	for _, s := range spans {
		s.From, s.To = s.From.UTC(), s.To.UTC()
		all = append(all, s)
	}
	return all
}
