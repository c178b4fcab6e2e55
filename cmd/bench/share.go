package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime/pprof"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
	"github.com/jackc/pgx/v5"
)

// steps are the parts of a reminder, each by a function that all its work goes through. The first that is on the
// stack counts.
var steps = []struct{ name, function string }{
	{"the stubs", "main.(*stub)"},
	{"calls to Slack and the desk", "client.(*API).exchange"},
	{"calls to Slack and the desk", "net/http.(*persistConn)"},
	{"calls to Slack and the desk", "helpdesk."},
	{"writing the message", "message."},
	{"saving decisions", "postgres.(*Store).Save"},
	{"reading what is due", "postgres.(*Store).Due"},
	{"deciding", "walk."},
	{"claiming", "postgres.(*Store).Claim"},
	{"reading once more before sending", "deliver.(*Deliverer).Prepare"},
	{"recording what was posted", "postgres.(*Store).Finish"},
	{"collecting garbage", "runtime.gcBgMarkWorker"},
}

// shares works off n reminders, and says which part of them takes how much.
func (b *bench) shares(ctx context.Context, n int) error {
	var here bytes.Buffer
	var statements []touched
	_, err := b.catchUp(ctx, n, func(db *database) (done func() error, err error) {
		conn, err := db.track(ctx, b)
		if err != nil {
			return nil, err
		}
		profiled := pprof.StartCPUProfile(&here) == nil // else the whole run is, for -cpuprofile
		return func() (err error) {
			defer conn.Close(ctx)
			if profiled {
				pprof.StopCPUProfile()
			}
			statements, err = executed(ctx, conn)
			return err
		}, nil
	})
	if err != nil {
		return err
	}
	b.say("e2e, the shares in Postgres: %s", listed(byStatement(statements)))
	if here.Len() == 0 {
		return nil
	}
	p, err := profile.Parse(&here)
	if err != nil {
		return fmt.Errorf("read the profile: %w", err)
	}
	b.say("e2e, the shares here: %s", listed(byStep(p)))
	return nil
}

// track has statements counted on new connections of db, which it opens again.
func (db *database) track(ctx context.Context, b *bench) (*pgx.Conn, error) {
	counted, err := withTracking(db.url)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, db.url)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "create extension if not exists pg_stat_statements; select pg_stat_statements_reset()"); err != nil {
		return nil, errors.Join(fmt.Errorf("count statements: %w", err), conn.Close(ctx))
	}
	measured, err := b.open(ctx, counted, func() {})
	if err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	drop := db.drop
	db.store, db.drop = measured.store, func() { measured.drop(); drop() }
	return conn, nil
}

// byStep adds up a profile by steps.
func byStep(p *profile.Profile) map[string]int64 {
	sums := map[string]int64{}
	for _, s := range p.Sample {
		sums[step(s)] += s.Value[len(s.Value)-1]
	}
	return sums
}

func step(s *profile.Sample) string {
	for _, known := range steps {
		for _, at := range s.Location {
			for _, line := range at.Line {
				if strings.Contains(line.Function.Name, known.function) {
					return known.name
				}
			}
		}
	}
	return "the rest (scheduling, the queue)"
}

var table = regexp.MustCompile(`(?:from|into|update) (\w+)`)

// byStatement adds up statements by what they do to which table.
func byStatement(all []touched) map[string]int64 {
	sums := map[string]int64{}
	for _, s := range all {
		if to := table.FindStringSubmatch(s.statement); to != nil {
			verb, _, _ := strings.Cut(s.statement, " ")
			sums[verb+" "+to[1]] += s.micros
		}
	}
	return sums
}

// listed are the largest shares, as percents.
func listed(sums map[string]int64) string {
	const most = 12
	var total int64
	var names []string
	for name, sum := range sums {
		total, names = total+sum, append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(sums[b], sums[a]), strings.Compare(a, b)) })
	var words []string
	for _, name := range names[:min(len(names), most)] {
		if percent := 100 * sums[name] / max(total, 1); percent > 0 {
			words = append(words, fmt.Sprintf("%s %d %%", name, percent))
		}
	}
	return strings.Join(words, ", ")
}
