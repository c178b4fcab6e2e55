package upkeep

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/sleep"
)

const (
	keySignOfLife = "alive"
	// signEvery is how often a sign of life is stored. If the last one is older than signGap at a start, nobody was alive
	// meanwhile, or the database is a backup.
	signEvery = 5 * time.Second
	signGap   = 15 * time.Second
	// goneAfter is how long after its last sign of life a replica counts as gone.
	goneAfter = 12 * time.Second
	// lastSign is how long the last sign may take, which says that we have ended.
	lastSign = 500 * time.Millisecond
	// doubtFor is how long we remember that the database went back in time. All that was due then is posted by then.
	doubtFor = 24 * time.Hour
)

// Signs of life are stored by all replicas, in one place. They tell which replicas are at work, and whether the database
// went back in time: a standby took over that had missed the last changes, or a backup was restored. Such a database has
// forgotten what was posted meanwhile, and the bot has to look for it in Slack.
//
//	while it runs   the database is in another history; or our own last sign of life is not there
//	at a start      the last sign of life is of another history, or is old: either nobody was alive since, or
//	                the database is a backup
type Signs struct {
	Store interface {
		Get(ctx context.Context, key string) (value []byte, at time.Time, found bool, err error)
		Put(ctx context.Context, key string, value []byte, at time.Time) error
		Lineage(ctx context.Context) (string, error)
	}
	Hold   func() bool // our clock may be off
	Worker string      // our name
	Walks  func() bool // whether we take our share of the walks
	Now    func() time.Time
	Logger *slog.Logger

	mu      sync.Mutex // guards what follows
	begun   bool
	lineage string
	signed  time.Time // our last sign of life that was stored
	doubt   deliver.Doubt

	replicas atomic.Pointer[[]string] // those at work, in the same order on all of them; nil: not known yet
}

// sign is a sign of life as it is stored: all replicas share it.
type sign struct {
	Lineage string    `json:"lineage,omitempty"`
	Since   time.Time `json:"since,omitzero"` // the doubt
	Until   time.Time `json:"until,omitzero"`

	Replicas map[string]time.Time `json:"replicas,omitempty"` // those that walk, and the time of their last sign

	at time.Time
}

// Doubt implements deliver.Memory.
func (w *Signs) Doubt(ctx context.Context) (deliver.Doubt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	lineage, err := w.Store.Lineage(ctx)
	if err != nil {
		return deliver.Doubt{}, err
	}
	if !w.begun || w.another(lineage) {
		if _, err := w.compare(ctx, lineage); err != nil {
			return deliver.Doubt{}, err
		}
	}
	return w.doubt, nil
}

// Share is which of the replicas at work this one is. As long as that is not known, it counts as the only one.
func (w *Signs) Share() (i, of int) {
	replicas := w.replicas.Load()
	if replicas == nil {
		return 0, 1
	}
	if i = slices.Index(*replicas, w.Worker); i < 0 {
		return 0, 1
	}
	return i, len(*replicas)
}

// Run stores signs of life until ctx ends. Its last sign says that nobody has to wait for us.
func (w *Signs) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := w.sign(ctx, w.Walks()); err != nil && ctx.Err() == nil {
			w.replicas.Store(nil) // we do not know who is at work
			w.Logger.Debug("a sign of life could not be stored, trying on", "error", err)
		}
		// Replicas that sign at the same moment undo each other's sign. A random wait keeps that from repeating.
		_ = sleep.For(ctx, signEvery*3/4+time.Duration(rand.Int64N(int64(signEvery/2))))
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSign)
	defer cancel()
	if err := w.sign(last, false); err != nil {
		w.Logger.Debug("it could not be stored that this replica has ended", "error", err)
	}
}

// sign stores a sign of life, unless our clock may be off: a sign with a later time would hide those that follow.
func (w *Signs) sign(ctx context.Context, walks bool) error {
	if w.Hold() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, signEvery)
	defer cancel()
	w.mu.Lock()
	defer w.mu.Unlock()
	lineage, err := w.Store.Lineage(ctx)
	if err != nil {
		return err
	}
	replicas, err := w.compare(ctx, lineage)
	if err != nil {
		return err
	}
	now := w.Now().Truncate(time.Microsecond)
	maps.DeleteFunc(replicas, func(_ string, signed time.Time) bool { return now.Sub(signed) > goneAfter })
	delete(replicas, w.Worker)
	if walks {
		replicas[w.Worker] = now
	}
	value, err := json.Marshal(sign{Lineage: w.lineage, Since: w.doubt.Since, Until: w.doubt.Until, Replicas: replicas})
	if err != nil {
		return fmt.Errorf("encode a sign of life: %w", err)
	}
	if err := w.Store.Put(ctx, keySignOfLife, value, now); err != nil {
		return err
	}
	w.signed = now
	order := slices.Sorted(maps.Keys(replicas))
	w.replicas.Store(&order)
	return nil
}

// compare compares the stored sign with what we know, and returns which replicas are at work.
func (w *Signs) compare(ctx context.Context, lineage string) (replicas map[string]time.Time, err error) {
	value, at, found, err := w.Store.Get(ctx, keySignOfLife)
	if err != nil {
		return nil, err
	}
	last := sign{at: at, Replicas: map[string]time.Time{}}
	if found {
		if err := json.Unmarshal(value, &last); err != nil {
			return nil, fmt.Errorf("read the last sign of life: %w", err)
		}
	}
	now := w.Now()
	w.doubtAsWell(deliver.Doubt{Since: last.Since, Until: last.Until}, now)
	if why := w.why(last, found, lineage, now); why != "" {
		since := last.at
		if !found {
			since = now.Add(-doubtFor)
		}
		w.doubtAsWell(deliver.Doubt{Since: since, Until: now}, now)
		level := slog.LevelWarn
		if why == idle {
			level = slog.LevelInfo
		}
		w.Logger.Log(ctx, level, why+": reminders that were due by now are looked for in Slack before they are posted", "since", since)
		w.signed = time.Time{}
	}
	w.begun = true
	if lineage != "" {
		w.lineage = lineage
	}
	return last.Replicas, nil
}

const idle = "nobody was at work for a while, or the database is a backup"

// why says in what way the database went back in time, or may have; "" if it did not.
func (w *Signs) why(last sign, found bool, lineage string, now time.Time) string {
	switch {
	case w.begun && w.another(lineage):
		return "another database answers, which may have missed the last of what was written"
	case w.begun && last.at.Before(w.signed):
		return "the database has forgotten what was written"
	case w.begun, !found: // nothing that was posted before signs of life were stored can be recognised
		return ""
	case last.Lineage != "" && lineage != "" && last.Lineage != lineage:
		return "the database is another than the one that was written to last: a standby or a backup"
	case now.Sub(last.at) > signGap:
		return idle
	}
	return ""
}

func (w *Signs) another(lineage string) bool {
	return lineage != "" && w.lineage != "" && lineage != w.lineage
}

// doubtAsWell adds a span to the one in doubt. A span that is long past is no longer in doubt.
func (w *Signs) doubtAsWell(d deliver.Doubt, now time.Time) {
	if now.Sub(w.doubt.Until) > doubtFor {
		w.doubt = deliver.Doubt{}
	}
	switch {
	case d.Until.IsZero(), now.Sub(d.Until) > doubtFor:
	case w.doubt.Until.IsZero():
		w.doubt = d
	default:
		if d.Since.Before(w.doubt.Since) {
			w.doubt.Since = d.Since
		}
		if d.Until.After(w.doubt.Until) {
			w.doubt.Until = d.Until
		}
	}
}
